using Analytics.Storage;

namespace Analytics.Worker.Writing;

/// <summary>Repeats a write until its store has taken it: waits longer each time, up to a ceiling, with jitter so that workers do not come in step.</summary>
/// <remarks>
/// Never gives up by itself: the bounds before the writer push back meanwhile. Only a store that is away is waited for; an error that would come again (a
/// statement or data that the store refuses) is a bug and is thrown.
/// </remarks>
/// <param name="sink">Name of the store in metrics and logs.</param>
/// <param name="isAway">True for the failures of a store that is away.</param>
/// <param name="ceiling">Longest wait.</param>
/// <param name="seed">Seeds the jitter.</param>
/// <param name="time">The clock of waits and durations.</param>
/// <param name="metrics">Told of each try.</param>
/// <param name="log">Told of each failed try.</param>
internal sealed class WriteRetry(string sink, Func<Exception, bool> isAway, TimeSpan ceiling, int seed, TimeProvider time, WorkerMetrics metrics, ILogger log)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private readonly Random _jitter = new(seed);
    private readonly Lock _gate = new();
    private readonly StoreState _state = new(time);

    /// <summary>The outage that is waited out now; null when the last write was taken. Any thread.</summary>
    public Outage? Outage => _state.Outage;

    /// <summary>Writes until it is acknowledged. Any thread, several at once.</summary>
    /// <param name="what">What is written, for the log.</param>
    /// <param name="write">One try; makes its request anew each time.</param>
    /// <param name="cancellation">Nobody needs it any more.</param>
    public async Task UntilWrittenAsync(string what, Func<CancellationToken, Task> write, CancellationToken cancellation)
    {
        for (var wait = First; ; wait = wait * 2 < ceiling ? wait * 2 : ceiling)
        {
            cancellation.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            try
            {
                await write(cancellation).ConfigureAwait(false);
                metrics.Written(sink, "ok", time.GetElapsedTime(started));
                _state.IsBack();
                return;
            }
            catch (Exception failure) when (isAway(failure))
            {
                metrics.Written(sink, "retry", time.GetElapsedTime(started));
                _state.IsAway(failure.Message);
                Log.Retrying(log, what, failure.Message);
            }

            await Task.Delay(wait * (0.5 + Jitter()), time, cancellation).ConfigureAwait(false);
        }
    }

    private double Jitter()
    {
        lock (_gate)
        {
            return _jitter.NextDouble();
        }
    }
}
