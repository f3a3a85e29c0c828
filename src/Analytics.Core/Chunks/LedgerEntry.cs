namespace Analytics.Core.Chunks;

/// <summary>One line of the ledger: a chunk, how far it has been counted, and what became of its records.</summary>
/// <param name="Id">The chunk.</param>
/// <param name="LastOffset">Last offset included.</param>
/// <param name="IsSealed">True when the chunk ended there; false when it was still open.</param>
/// <param name="ConfigVersion">The configuration it was counted with.</param>
/// <param name="KafkaTime">Kafka timestamp of its first record, Unix milliseconds.</param>
/// <param name="Counts">The figures.</param>
public sealed record LedgerEntry(ChunkId Id, long LastOffset, bool IsSealed, uint ConfigVersion, long KafkaTime, ChunkCounts Counts)
{
    /// <summary>Tells versions of one line apart: a later offset wins, and at the same offset the sealed line.</summary>
    public long Version => 2 * LastOffset + (IsSealed ? 1 : 0);
}
