using Analytics.Core.Chunks;
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
    public Task<IReadOnlyList<KnownId>> KnownIdsAsync(ulong epoch, string topic, int partition, int count, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<KnownId>>([]);
}
