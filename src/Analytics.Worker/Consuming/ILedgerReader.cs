using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;

namespace Analytics.Worker.Consuming;

/// <summary>What a take-over asks of the history. An interface because this is where a test cuts the wire.</summary>
/// <remarks>Any thread. Failures of the store are thrown; the caller waits and asks again.</remarks>
internal interface ILedgerReader
{
    /// <summary>Records the limits of a topic's chunks if none are recorded; gives those that hold.</summary>
    Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancellation);

    /// <summary>The last rows of a partition in order of offset, and those that hold <paramref name="committed"/> or border on it.</summary>
    Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation);

    /// <summary>The offsets in [<paramref name="from"/>, <paramref name="end"/>) whose records were rejected because nobody knew their schema.</summary>
    Task<IReadOnlySet<long>> UnreadAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation);

    /// <summary>The older logs of this topic and partition, newest first; empty without one.</summary>
    Task<IReadOnlyList<OlderLog>> OlderLogsAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation);

    /// <summary>The events that an older log brought at the offsets [<paramref name="from"/>, <paramref name="end"/>): their offsets there and their ids, in order of offset.</summary>
    Task<IReadOnlyList<(long Offset, Guid Id)>> EventIdsAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation);
}
