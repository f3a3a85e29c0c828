using Analytics.Core.Chunks;

namespace Analytics.Worker.Consuming;

/// <summary>What a take-over asks of the history. An interface because this is where a test cuts the wire.</summary>
/// <remarks>Any thread. Failures of the store are thrown; the caller waits and asks again.</remarks>
internal interface ILedgerReader
{
    /// <summary>Records the limits of a topic's chunks if none are recorded; gives those that hold.</summary>
    Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancellation);

    /// <summary>The last rows of a partition in order of offset, and the one that holds <paramref name="committed"/>.</summary>
    Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation);

    /// <summary>The offsets in [<paramref name="from"/>, <paramref name="end"/>) whose records were rejected because nobody knew their schema.</summary>
    Task<IReadOnlySet<long>> UnreadAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation);

    /// <summary>The ids of the last events of older logs of this topic and partition, oldest first, at most <paramref name="count"/>; empty without one.</summary>
    Task<IReadOnlyList<KnownId>> KnownIdsAsync(ulong epoch, string topic, int partition, int count, CancellationToken cancellation);
}
