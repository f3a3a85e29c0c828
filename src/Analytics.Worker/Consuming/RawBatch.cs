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

    /// <summary>Last offset that a flush includes: the last record's, or for a batch without records that of the batch before it.</summary>
    public long LastOffset;

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
}
