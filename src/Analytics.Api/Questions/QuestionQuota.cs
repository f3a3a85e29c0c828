using System.Threading.RateLimiting;

namespace Analytics.Api.Questions;

/// <summary>How many answers are made for one tenant at once, so that one that asks much does not take the store from the others. Any thread.</summary>
internal sealed class QuestionQuota(AnswerOptions options) : IDisposable
{
    private const int RetryAfterSeconds = 1;

    private readonly PartitionedRateLimiter<long> _turns = PartitionedRateLimiter.Create<long, long>(tenant =>
        RateLimitPartition.GetConcurrencyLimiter(tenant, _ => new() { PermitLimit = options.TenantAtOnce, QueueLimit = options.TenantWaiting }));

    /// <summary>Waits for the tenant's turn, which lasts until the lease is disposed of.</summary>
    /// <exception cref="Problem">429: too many of its questions wait already.</exception>
    public async Task<RateLimitLease> TurnAsync(long tenant, CancellationToken cancel)
    {
        var lease = await _turns.AcquireAsync(tenant, permitCount: 1, cancel).ConfigureAwait(false);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw Problem.TooMany(
            "questions-waiting",
            $"Expected at most {options.TenantAtOnce} questions of seller {tenant} at work and {options.TenantWaiting} waiting; found more. Ask again in a moment, and fewer at once.",
            RetryAfterSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}
