namespace Analytics.Core.Chunks;

/// <summary>What one chunk came to: every record it read is accepted, a duplicate, filtered, or rejected for a reason.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="LastOffset">Last offset that the row includes.</param>
/// <param name="IsSealed">True when the chunk ended there; false while it is still open.</param>
/// <param name="ConfigVersion">The configuration it was counted by.</param>
/// <param name="Read">Records read.</param>
/// <param name="Accepted">Records counted.</param>
/// <param name="Duplicate">Records whose event id was known.</param>
/// <param name="Filtered">Records left out by rule.</param>
/// <param name="Rejected">Records in the rejected inbox, by reason.</param>
/// <param name="Revenue">Revenue of the accepted orders, minor units, all currencies together: a check sum, not a figure.</param>
public sealed record LedgerRow(
    ChunkId Chunk,
    long LastOffset,
    bool IsSealed,
    uint ConfigVersion,
    long Read,
    long Accepted,
    long Duplicate,
    long Filtered,
    IReadOnlyDictionary<string, long> Rejected,
    long Revenue)
{
    /// <summary>Kafka timestamp of the chunk's first record, Unix milliseconds.</summary>
    public long KafkaTime { get; init; }

    /// <summary>Earliest derived time of an accepted event, Unix milliseconds; null when there is none.</summary>
    public long? MinEventTime { get; init; }

    /// <summary>Latest derived time of an accepted event, Unix milliseconds; null when there is none.</summary>
    public long? MaxEventTime { get; init; }

    /// <summary>Records counted and flagged as a bot's because of their user's rate.</summary>
    public long Flagged { get; init; }

    /// <summary>Of debug events one user in so many was kept; the rest is <see cref="Filtered"/>.</summary>
    public int DebugOneIn { get; init; } = 1;

    /// <summary>Records that count as <c>__other__</c> because their value was beyond the tenant's budget, by dimension.</summary>
    public IReadOnlyDictionary<string, long> Folded { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// Offsets that hold no record, as a second read has confirmed: control records of transactions, aborted or compacted records. Those between the chunk's
    /// records, and, once it is sealed, those up to the first record of the next chunk.
    /// </summary>
    public long Skipped { get; init; }

    /// <summary>Tells versions of one row apart: a later offset wins, and at the same offset the sealed row.</summary>
    public long Version => 2 * LastOffset + (IsSealed ? 1 : 0);

    /// <summary>Records rejected for any reason.</summary>
    public long RejectedTotal => Rejected.Values.Sum();
}
