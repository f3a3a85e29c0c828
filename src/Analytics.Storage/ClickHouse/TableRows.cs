namespace Analytics.Storage.ClickHouse;

/// <summary>Rows of one table on their way to it, in blocks that each touch a bounded number of the table's partitions.</summary>
/// <remarks>
/// A block holds the rows of partitions <c>k·n</c> to <c>k·n + n − 1</c>, so that blocks of several lanes with the same <c>k</c> go into one insert
/// of at most n partitions. Live traffic and an import alike fill one or two blocks; traffic that is 40 days late on each day is still inserted. Filled by
/// one thread, then owned by the writer.
/// </remarks>
public sealed class TableRows(TableShape shape, int partitionsPerInsert) : IDisposable
{
    private readonly SortedDictionary<long, NativeBlock> _blocks = [];
    private long _lastGroup = long.MinValue;
    private long _lastDay = long.MinValue;
    private NativeBlock? _last;

    /// <summary>The table.</summary>
    public TableShape Shape => shape;

    /// <summary>Rows in all blocks.</summary>
    public int Rows => _blocks.Values.Sum(block => block.Rows);

    /// <summary>Bytes in all blocks.</summary>
    public long Bytes => _blocks.Values.Sum(block => block.Bytes);

    /// <summary>Bytes of memory that all blocks hold, used or not.</summary>
    public long Memory => _blocks.Values.Sum(block => block.Capacity);

    /// <summary>The blocks, by the number of their group of partitions.</summary>
    public IReadOnlyDictionary<long, NativeBlock> Blocks => _blocks;

    /// <summary>The block for a row of this time.</summary>
    /// <param name="unixSeconds">The time that the table is partitioned by; anything where it is not.</param>
    /// <param name="keepUntil">When the row may be deleted, Unix seconds.</param>
    public NativeBlock BlockAt(long unixSeconds, long keepUntil)
    {
        // Rows of one day whose fate is the same share a partition of any table.
        var day = (unixSeconds / 86_400 * 2) + (keepUntil - unixSeconds > TableShape.DailyFor ? 1 : 0);
        if (_last is not null && day == _lastDay && unixSeconds >= 0)
        {
            return _last;
        }

        _lastDay = day;
        var group = shape.PartitionOf(unixSeconds, keepUntil) / partitionsPerInsert;
        if (_last is not null && group == _lastGroup)
        {
            return _last;
        }

        if (!_blocks.TryGetValue(group, out var block))
        {
            _blocks.Add(group, block = NativeBlockPool.Shared.Rent(shape));
        }

        (_lastGroup, _last) = (group, block);
        return block;
    }

    /// <summary>Gives the blocks back, for other rows of the table.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks.Values)
        {
            NativeBlockPool.Shared.Return(shape, block);
        }

        _blocks.Clear();
        _last = null;
    }
}
