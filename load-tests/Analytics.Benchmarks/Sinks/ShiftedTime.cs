namespace Analytics.Benchmarks.Sinks;

/// <summary>A clock at which the workload has just happened: Redis is only given what is recent.</summary>
internal sealed class ShiftedTime(DateTimeOffset startsAt) : TimeProvider
{
    private readonly TimeSpan _shift = startsAt - System.GetUtcNow();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _shift;
}
