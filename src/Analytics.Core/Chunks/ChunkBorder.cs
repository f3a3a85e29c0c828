namespace Analytics.Core.Chunks;

/// <summary>How large the chunks of a topic are. Recorded at its first start, because every chunk's name depends on it.</summary>
/// <param name="Records">Offsets per chunk.</param>
/// <param name="Bytes">Bytes of records after which a chunk ends; 0: no limit, for a topic that was first cut when there was none.</param>
public readonly record struct ChunkLimits(long Records, long Bytes);

/// <summary>Where one chunk ends and the next begins: a pure function of the log, so every owner of a partition sees the same chain.</summary>
public static class ChunkBorder
{
    /// <summary>Records per chunk: 1,048,576 replay in about a second, and span a minute or more of a partition at full rate.</summary>
    public const long DefaultSize = 1_048_576;

    /// <summary>
    /// Bytes of a chunk's records: 256 MiB, which a million records of ordinary size do not reach. What a chunk keeps in memory (words, pages, products) grows with its
    /// bytes, so a flood of long texts ends its chunk early instead.
    /// </summary>
    public const long DefaultBytes = 256L << 20;

    /// <summary>A chunk ends when a record's Kafka timestamp lies this far after that of the chunk's first record.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>True when the record at <paramref name="offset"/> opens a new chunk.</summary>
    /// <param name="offset">Offset of the record.</param>
    /// <param name="timestamp">Its Kafka timestamp, Unix milliseconds.</param>
    /// <param name="previousOffset">Offset of the record before it in the log.</param>
    /// <param name="firstTimestamp">Kafka timestamp of the open chunk's first record, Unix milliseconds.</param>
    /// <param name="bytes">Bytes of the open chunk's records.</param>
    /// <param name="limits">The topic's, recorded at its first start.</param>
    /// <remarks>An earlier timestamp opens nothing: producers may stamp out of order.</remarks>
    public static bool Opens(long offset, long timestamp, long previousOffset, long firstTimestamp, long bytes, in ChunkLimits limits) =>
        offset / limits.Records != previousOffset / limits.Records
        || timestamp - firstTimestamp >= (long)MaxAge.TotalMilliseconds
        || (bytes >= limits.Bytes && limits.Bytes > 0);
}
