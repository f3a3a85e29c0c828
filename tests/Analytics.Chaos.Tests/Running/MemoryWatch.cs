using System.Diagnostics;

namespace Analytics.Chaos.Tests.Running;

/// <summary>Samples the resident memory of a worker while a fault holds: the highest since, over the highest before.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const long Steady = 1 << 20;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly long _before;
    private long _most;

    private MemoryWatch(RunningWorker worker, long before)
    {
        (_before, _most) = (before, before);
        _watching = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                _most = Math.Max(_most, worker.ResidentBytes());
                await Task.Delay(Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    /// <summary>Starts to sample a worker that has just begun; what it takes for itself (code that is compiled, tables that find their size) is counted as well.</summary>
    public static MemoryWatch FromStart(RunningWorker worker) => new(worker, worker.ResidentBytes());

    /// <summary>Waits until the worker has made no new peak for a while, which is some collections of its garbage, or the limit is over; starts to sample then.</summary>
    public static async Task<MemoryWatch> SteadyAsync(RunningWorker worker, TimeSpan steadyFor, TimeSpan limit)
    {
        var (begun, peak, since) = (Stopwatch.GetTimestamp(), worker.ResidentBytes(), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < steadyFor && Stopwatch.GetElapsedTime(begun) < limit)
        {
            await Task.Delay(Pause, TimeProvider.System);
            if (worker.ResidentBytes() is var now && now > peak + Steady)
            {
                (peak, since) = (now, Stopwatch.GetTimestamp());
            }
        }

        return new MemoryWatch(worker, peak);
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
