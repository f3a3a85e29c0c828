using Analytics.Chaos.Tests.Loads;
using Analytics.Chaos.Tests.Running;

namespace Analytics.Chaos.Tests.Oracles;

/// <summary>Asks the API for every tenant's day again and again while faults run, and has each answer judged.</summary>
internal sealed class RealtimeWatch : IAsyncDisposable
{
    private readonly RunningApi _api;
    private readonly Func<long, RealtimeFigures, string?> _fault;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _faults = [];
    private readonly Task _watching;
    private int _stale;
    private int _whole;

    /// <summary>Starts to ask.</summary>
    /// <param name="api">The API.</param>
    /// <param name="fault">What is wrong with an answer; null when it is right.</param>
    public RealtimeWatch(RunningApi api, Func<long, RealtimeFigures, string?> fault)
    {
        (_api, _fault) = (api, fault);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Answers that were marked stale.</summary>
    public int Stale => Volatile.Read(ref _stale);

    /// <summary>Answers that were not.</summary>
    public int Whole => Volatile.Read(ref _whole);

    /// <summary>Stops; gives what was wrong.</summary>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        return _faults;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var tenant in LoadPlan.Tenants)
            {
                var answer = await _api.RealtimeAsync(tenant);
                if (_fault(tenant, answer) is { } wrong)
                {
                    _faults.Add(wrong);
                }

                Interlocked.Increment(ref answer.Stale ? ref _stale : ref _whole);
            }
        }
    }
}
