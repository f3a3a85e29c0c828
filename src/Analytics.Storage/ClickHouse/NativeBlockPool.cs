using System.Collections.Concurrent;

namespace Analytics.Storage.ClickHouse;

/// <summary>Keeps the blocks of acknowledged inserts with the memory of their columns, for the next rows of the same table.</summary>
/// <param name="keep">
/// Bytes that are kept at most, over all tables. Beyond it a block's memory goes back to the shared array pool, which gives it to the system in time.
/// </param>
/// <remarks>
/// A block of raw events has grown to some 20 MB in 33 columns when it is sent; growing there again by doubling, in memory that the system has to clear first, was 13 % of the
/// worker's time (decision 5). Any thread.
/// </remarks>
internal sealed class NativeBlockPool(long keep)
{
    /// <summary>The process's pool: 128 MiB, which is what the lanes fill and the writers send at the same time when a backlog is read at full rate.</summary>
    public static readonly NativeBlockPool Shared = new(128 << 20);

    private readonly ConcurrentDictionary<string, ConcurrentQueue<NativeBlock>> _kept = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Bytes that are kept now.</summary>
    public long KeptBytes => Interlocked.Read(ref _bytes);

    /// <summary>An empty block of this table's columns.</summary>
    public NativeBlock Rent(TableShape shape)
    {
        if (!Of(shape).TryDequeue(out var block))
        {
            return new NativeBlock(shape.Columns);
        }

        Interlocked.Add(ref _bytes, -block.Capacity);
        return block;
    }

    /// <summary>Takes a block back; nobody reads it any more.</summary>
    public void Return(TableShape shape, NativeBlock block)
    {
        block.Clear();
        var size = block.Capacity;
        if (Interlocked.Add(ref _bytes, size) > keep)
        {
            Interlocked.Add(ref _bytes, -size);
            block.Dispose();
            return;
        }

        Of(shape).Enqueue(block);
    }

    private ConcurrentQueue<NativeBlock> Of(TableShape shape) => _kept.GetOrAdd(shape.Table, _ => new ConcurrentQueue<NativeBlock>());
}
