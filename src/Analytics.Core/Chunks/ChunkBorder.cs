namespace Analytics.Core.Chunks;

/// <summary>Where one chunk ends and the next begins: a pure function of the log, so every owner of a partition sees the same chain.</summary>
public static class ChunkBorder
{
    /// <summary>Records per chunk: 1,048,576 replay in about a second, and span a minute or more of a partition at full rate.</summary>
    public const long DefaultSize = 1_048_576;

    /// <summary>A chunk ends when a record's Kafka timestamp lies this far after that of the chunk's first record.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>True when the record at <paramref name="offset"/> opens a new chunk.</summary>
    /// <param name="offset">Offset of the record.</param>
    /// <param name="timestamp">Its Kafka timestamp, Unix milliseconds.</param>
    /// <param name="previousOffset">Offset of the record before it in the log.</param>
    /// <param name="firstTimestamp">Kafka timestamp of the open chunk's first record, Unix milliseconds.</param>
    /// <param name="size">The topic's chunk size, recorded at its first start.</param>
    /// <remarks>An earlier timestamp opens nothing: producers may stamp out of order.</remarks>
    public static bool Opens(long offset, long timestamp, long previousOffset, long firstTimestamp, long size) =>
        offset / size != previousOffset / size || timestamp - firstTimestamp >= (long)MaxAge.TotalMilliseconds;
}
