using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The time of one worker: moves when the run says so; its wall clock may be wrong.</summary>
/// <remarks>
/// A timer fires within a second or so, however far ahead it was set, in an order that the seed decides: nothing may depend on how long a wait takes, and a
/// worker's jitter (which it seeds by its process) must not change a run. After the storm the clock is patient: what is limited in time, as the end of a worker,
/// has time enough.
/// </remarks>
internal sealed class SimulatedTime(World world, TimeSpan skew, long now) : TimeProvider
{
    private const int LongestWait = 1_500;
    private const int Patience = 100;
    private readonly List<Timer> _timers = [];
    private long _now = now;

    public override long TimestampFrequency => 1_000;

    /// <summary>Timers that wait.</summary>
    public int Waiting => _timers.Count;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Traffic.Epoch + _now) + skew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Time passes; what is due fires.</summary>
    public void MoveTo(long milliseconds)
    {
        _now = milliseconds;
        while (Due() is { } timer)
        {
            _timers.Remove(timer);
            timer.Fire();
        }
    }

    private Timer? Due()
    {
        Timer? first = null;
        foreach (var timer in _timers)
        {
            first = timer.At <= _now && (first is null || timer.At < first.At) ? timer : first;
        }

        return first;
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        public long At { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                At = time._now + time.NextWait(dueTime);
                time._timers.Add(this);
            }

            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    // Waits of a second or more are limits; below that they are flushes and retries, which may come at any time.
    private long NextWait(TimeSpan dueTime) =>
        world.Dice.Between(1, LongestWait) + (world.IsStorm || dueTime < TimeSpan.FromSeconds(1) ? 0 : (long)dueTime.TotalSeconds * Patience * 1_000);
}
