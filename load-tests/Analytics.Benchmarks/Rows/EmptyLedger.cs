using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;
using Analytics.Worker.Consuming;

namespace Analytics.Benchmarks.Rows;

/// <summary>The ledger of a topic that nobody has read yet.</summary>
internal sealed class EmptyLedger : ILedgerReader
{
    /// <inheritdoc/>
    public Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancellation) => Task.FromResult(limits);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LedgerEntry>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlySet<long>> UnreadAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<long>>(new HashSet<long>());

    /// <inheritdoc/>
    public Task<IReadOnlyList<OlderLog>> OlderLogsAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OlderLog>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<(long Offset, Guid Id)>> EventIdsAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(long Offset, Guid Id)>>([]);
}
