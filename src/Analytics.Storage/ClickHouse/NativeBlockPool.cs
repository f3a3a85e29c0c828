using System.Collections.Concurrent;

namespace Analytics.Storage.ClickHouse;

/// <summary>Keeps the empty blocks of acknowledged inserts for the next rows of the same table: their columns and dictionaries; their memory is <see cref="PagePool"/>'s.</summary>
/// <param name="keep">Blocks of one table that are kept at most; others are left to the garbage collector.</param>
/// <remarks>Any thread.</remarks>
internal sealed class NativeBlockPool(int keep)
{
    /// <summary>The process's pool: for each lane and partition of a worker one that fills and one that is written.</summary>
    public static readonly NativeBlockPool Shared = new(64);

    private readonly ConcurrentDictionary<string, ConcurrentQueue<NativeBlock>> _kept = new(StringComparer.Ordinal);

    /// <summary>An empty block of this table's columns.</summary>
    public NativeBlock Rent(TableShape shape) => Of(shape).TryDequeue(out var block) ? block : new NativeBlock(shape.Columns);

    /// <summary>Takes a block back; nobody reads it any more.</summary>
    public void Return(TableShape shape, NativeBlock block)
    {
        block.Clear();
        var blocks = Of(shape);
        if (blocks.Count < keep)
        {
            blocks.Enqueue(block);
        }
    }

    private ConcurrentQueue<NativeBlock> Of(TableShape shape) => _kept.GetOrAdd(shape.Table, _ => new ConcurrentQueue<NativeBlock>());
}
