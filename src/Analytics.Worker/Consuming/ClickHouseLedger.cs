using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;

namespace Analytics.Worker.Consuming;

/// <summary>Answers a take-over's questions from ClickHouse.</summary>
internal sealed class ClickHouseLedger(ChunkRecords records) : ILedgerReader
{
    /// <inheritdoc/>
    public Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancellation) => records.ChunkLimitsAsync(topic, limits, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        (await records.TailAsync(epoch, topic, partition, committed, cancellation).ConfigureAwait(false))
            .ConvertAll(record => new LedgerEntry(record.Chunk, record.LastOffset, record.IsSealed));

    /// <inheritdoc/>
    public async Task<IReadOnlySet<long>> UnreadAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        (await records.RejectedAsync(epoch, topic, partition, Verdict.UnknownSchema.Code(), from, end, cancellation).ConfigureAwait(false)).ToHashSet();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OlderLog>> OlderLogsAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        await records.OlderLogsAsync(epoch, topic, partition, committed, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(long Offset, Guid Id)>> EventIdsAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        await records.EventIdsAsync(epoch, topic, partition, from, end, cancellation).ConfigureAwait(false);
}
