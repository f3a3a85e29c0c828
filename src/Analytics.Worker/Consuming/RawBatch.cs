using System.Numerics;

namespace Analytics.Worker.Consuming;

/// <summary>Records of one chunk, in offset order, as they were fetched: one row a record, its bytes in one array.</summary>
/// <remarks>
/// A batch never crosses a border. One without records carries only its <see cref="Flush"/>. It has one owner at a time, which hands it on
/// or returns it to the pool. <see cref="Bytes"/> is padded by <see cref="Padding"/> bytes so that wide loads need no bounds checks.
/// </remarks>
internal sealed class RawBatch
{
    /// <summary>Bytes that may be read, and mean nothing, after the last record.</summary>
    public const int Padding = 64;

    /// <summary>The chunk that every record belongs to.</summary>
    public Chunk Chunk = null!;

    /// <summary>True when the records lie before the border that this worker started at: their ids warm the duplicate filter, nothing is counted.</summary>
    public bool WarmUp;

    /// <summary>What to do once the records are counted.</summary>
    public Flush Flush;

    /// <summary>Ends when what the flush includes may be written, or never may be (<see cref="Chunk.ConfirmAsync"/>).</summary>
    public Task Confirmed = Task.CompletedTask;

    /// <summary>Last offset that a flush includes: the last record's, or for a batch without records that of the batch before it.</summary>
    public long LastOffset;

    /// <summary>Offsets of the chunk up to <see cref="LastOffset"/> that hold no record; in the batch that seals it, up to the next chunk's first. Valid where there is a flush.</summary>
    public long Skipped;

    /// <summary>Number of records.</summary>
    public int Count;

    /// <summary>Kafka offsets.</summary>
    public long[] Offsets = [];

    /// <summary>Kafka timestamps, Unix milliseconds.</summary>
    public long[] Timestamps = [];

    /// <summary>Where each record starts in <see cref="Bytes"/>.</summary>
    public int[] Starts = [];

    /// <summary>The length of each record; -1 for a record without a value (a tombstone).</summary>
    public int[] Lengths = [];

    /// <summary>The records, one after the other.</summary>
    public byte[] Bytes = [];

    /// <summary>Bytes used so far.</summary>
    public int Size;

    /// <summary>Starts a new life of a pooled batch.</summary>
    public void Begin(Chunk chunk, bool warmUp)
    {
        (Chunk, WarmUp, Flush, Confirmed, LastOffset, Skipped, Count, Size) = (chunk, warmUp, Flush.None, Task.CompletedTask, -1, 0, 0, 0);
    }

    /// <summary>Copies one record in.</summary>
    /// <param name="offset">Above that of the record before it.</param>
    /// <param name="timestamp">Unix milliseconds.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="isTombstone">True when it has no value at all, which differs from an empty one.</param>
    public void Add(long offset, long timestamp, ReadOnlySpan<byte> value, bool isTombstone)
    {
        if (Count == Offsets.Length)
        {
            GrowRows();
        }

        if (Size + value.Length + Padding > Bytes.Length)
        {
            Array.Resize(ref Bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Size + value.Length + Padding)));
        }

        Offsets[Count] = offset;
        Timestamps[Count] = timestamp;
        Starts[Count] = Size;
        Lengths[Count] = isTombstone ? -1 : value.Length;
        value.CopyTo(Bytes.AsSpan(Size));
        Size += value.Length;
        LastOffset = offset;
        Count++;
    }

    private void GrowRows()
    {
        var rows = Math.Max(256, Offsets.Length * 2);
        Array.Resize(ref Offsets, rows);
        Array.Resize(ref Timestamps, rows);
        Array.Resize(ref Starts, rows);
        Array.Resize(ref Lengths, rows);
    }
}
