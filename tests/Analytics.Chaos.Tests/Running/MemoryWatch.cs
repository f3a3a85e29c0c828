namespace Analytics.Chaos.Tests.Running;

/// <summary>Samples the resident memory of a worker while a fault holds.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const long Steady = 1 << 20;
    private static readonly TimeSpan SteadyFor = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly long _before;
    private long _most;

    /// <summary>Starts to sample; growth is counted from now.</summary>
    public MemoryWatch(RunningWorker worker)
    {
        _before = worker.ResidentBytes();
        _most = _before;
        _watching = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                _most = Math.Max(_most, worker.ResidentBytes());
                await Task.Delay(Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    /// <summary>Waits until a worker that has just started no longer grows by itself (code that is compiled, tables that find their size), or the limit is over.</summary>
    public static async Task SettleAsync(RunningWorker worker, TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit);
        for (var (last, grew) = (worker.ResidentBytes(), long.MaxValue); grew > Steady && !over.IsCancellationRequested;)
        {
            await Task.Delay(SteadyFor, TimeProvider.System, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = worker.ResidentBytes();
            (last, grew) = (now, now - last);
        }
    }

    /// <summary>Stops; gives the growth in MiB.</summary>
    public async Task<double> GrowthAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        return (_most - _before) / 1_048_576.0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await GrowthAsync();
        _stop.Dispose();
    }
}
