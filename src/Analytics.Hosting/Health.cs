using System.Collections.Concurrent;

namespace Analytics.Hosting;

/// <summary>How well a part does; the worst of all parts is the process's state.</summary>
public enum HealthState
{
    /// <summary>All is well.</summary>
    Healthy = 0,

    /// <summary>It does its work with less: stale figures, a pause until a store is back. Still ready: restarting or rerouting would not help.</summary>
    Degraded = 1,

    /// <summary>It cannot do its work: no traffic should come here.</summary>
    Unhealthy = 2,
}

/// <summary>The state of one part and why.</summary>
/// <param name="State">The state.</param>
/// <param name="Detail">What was found, for people; null when there is nothing to say.</param>
/// <param name="Since">Since when it is not well; null when it is, or nobody knows.</param>
public readonly record struct HealthFinding(HealthState State, string? Detail = null, DateTimeOffset? Since = null)
{
    /// <summary>All is well.</summary>
    public static HealthFinding Healthy => default;
}

/// <summary>The states of all parts at one moment.</summary>
/// <param name="State">The worst of them.</param>
/// <param name="Findings">By name of the part, in alphabetical order.</param>
public sealed record HealthReport(HealthState State, IReadOnlyDictionary<string, HealthFinding> Findings)
{
    internal object ToReply() => new
    {
        status = State == HealthState.Healthy ? "ready" : Name(State),
        checks = Findings.ToDictionary(finding => finding.Key, finding => new { state = Name(finding.Value.State), detail = finding.Value.Detail, since = finding.Value.Since }),
    };

    private static string Name(HealthState state) => state switch
    {
        HealthState.Healthy => "healthy",
        HealthState.Degraded => "degraded",
        HealthState.Unhealthy => "unhealthy",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a health state."),
    };
}

/// <summary>The parts of a process and how they do. A part either reports changes (<see cref="Set"/>) or is asked on demand (<see cref="Check"/>).</summary>
/// <remarks>One for each process; any thread.</remarks>
public sealed class Health(TimeProvider time)
{
    // A probe of Kubernetes waits 1 s by default; a dependency slower than that is not well.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromMilliseconds(900);

    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<HealthFinding>>> _checks = new();
    private readonly ConcurrentDictionary<string, HealthFinding> _reported = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noticed = new();

    /// <summary>States how a part does from now on.</summary>
    public void Set(string part, HealthState state, string? detail = null) => _reported.AddOrUpdate(
        part,
        _ => new(state, detail, state == HealthState.Healthy ? null : time.GetUtcNow()),
        (_, before) => new(state, detail, state == HealthState.Healthy ? null : before.Since ?? time.GetUtcNow()));

    /// <summary>Adds a part that is asked whenever somebody wants to know; it has 0.9 s, then it counts as <paramref name="whenFailing"/>.</summary>
    /// <param name="part">Its name.</param>
    /// <param name="whenFailing">What it means for the process when the check throws or takes too long.</param>
    /// <param name="check">Returns when the part is well, throws when it is not.</param>
    public void Check(string part, HealthState whenFailing, Func<CancellationToken, Task> check) => Ask(part, whenFailing, async cancel =>
    {
        await check(cancel).ConfigureAwait(false);
        return HealthFinding.Healthy;
    });

    /// <summary>As <see cref="Check"/>, for a part that knows more than well or not.</summary>
    /// <param name="part">Its name.</param>
    /// <param name="whenFailing">What it means for the process when the question throws or takes too long.</param>
    /// <param name="ask">Says how the part does; without a time, it is not well since somebody asked first.</param>
    public void Ask(string part, HealthState whenFailing, Func<CancellationToken, Task<HealthFinding>> ask) =>
        _checks[part] = async cancel => Dated(part, await AskAsync(whenFailing, ask, cancel).ConfigureAwait(false));

    /// <summary>Asks all parts, at the same time.</summary>
    public async Task<HealthReport> ReportAsync(CancellationToken cancel)
    {
        var findings = new SortedDictionary<string, HealthFinding>(_reported.ToDictionary(), StringComparer.Ordinal);
        var asked = _checks.ToArray();
        var answers = await Task.WhenAll(asked.Select(check => check.Value(cancel))).ConfigureAwait(false);
        for (var i = 0; i < asked.Length; i++)
        {
            findings[asked[i].Key] = answers[i];
        }

        return new(findings.Count == 0 ? HealthState.Healthy : findings.Values.Max(finding => finding.State), findings);
    }

    private HealthFinding Dated(string part, HealthFinding finding)
    {
        if (finding.State == HealthState.Healthy)
        {
            _noticed.TryRemove(part, out _);
            return finding;
        }

        var noticed = _noticed.GetOrAdd(part, _ => finding.Since ?? time.GetUtcNow());
        return finding.Since is null ? finding with { Since = noticed } : finding;
    }

    // Whatever a dependency's client throws means the same here: it is not well. The error is the finding's detail.
    private async Task<HealthFinding> AskAsync(HealthState whenFailing, Func<CancellationToken, Task<HealthFinding>> ask, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(CheckTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await ask(both.Token).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new(whenFailing, $"no answer within {CheckTimeout.TotalSeconds} s");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new(whenFailing, error.Message);
        }
    }
}
