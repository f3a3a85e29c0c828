using System.Runtime.InteropServices;

namespace Analytics.Core.Questions;

/// <summary>One event of a user, as a funnel sees it.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Order">Place in the log: which of two events of the same millisecond came first.</param>
/// <param name="Fits">Bit k: it is an event of step k, from 0; behind the steps' bits those of the exclusions.</param>
/// <param name="Label">Its group.</param>
public readonly record struct FunnelEvent(long Time, long Order, uint Fits, string? Label)
{
    /// <summary>By time, then by the place in the log.</summary>
    public static Comparison<FunnelEvent> ByTime { get; } = (left, right) => left.Time != right.Time ? left.Time.CompareTo(right.Time) : left.Order.CompareTo(right.Order);
}

/// <summary>How far a user came.</summary>
/// <param name="Steps">Steps done, of the attempt that came furthest; 0 for a user without an attempt.</param>
/// <param name="Times">When each of them was done.</param>
/// <param name="Label">The group that the user is in.</param>
/// <param name="IsOpen">Whether some attempt of a user who is not through may still go on.</param>
public readonly record struct FunnelResult(int Steps, ArraySegment<long> Times, string? Label, bool IsOpen);

/// <summary>Follows users through a funnel, one after the other.</summary>
/// <remarks>
/// <para>Every event of the first step (of any step, where their order does not matter) begins an attempt. An attempt goes on with the first event that fits the step after
/// its last one, at most the window after its beginning and the step's own time after the step before. An event is one step of an attempt. An excluded event ends
/// an attempt without a trace while it stands between the exclusion's steps. Of a user's attempts the one that came furthest counts; of those that came as far, the
/// one that was first there; of those that got there by the same event, the one that began last.</para>
/// <para>The work is linear: an attempt is touched only when it moves or ends. One thread; the result's times are overwritten by the next user's.</para>
/// </remarks>
/// <param name="question">The funnel.</param>
/// <param name="now">An attempt whose window ends after this is open. Unix milliseconds.</param>
public sealed class FunnelScan(FunnelQuestion question, long now)
{
    private readonly int _steps = question.Steps.Count;
    private readonly long _window = (long)question.Window.TotalMilliseconds;
    private readonly long[] _within = [.. question.Steps.Select(step => step.Within is { } within ? (long)within.TotalMilliseconds : long.MaxValue)];
    private readonly long _start = question.Scope.Range.Start.ToUnixTimeMilliseconds();
    private readonly long _end = question.Scope.Range.End.ToUnixTimeMilliseconds();

    // Attempts by what they have done: bit k for step k. In order, only 1, 11, 111, … are there.
    private readonly Dictionary<uint, List<Attempt>> _waiting = [];
    private readonly List<uint> _done = [];
    private readonly List<(uint Done, Attempt Attempt)> _moved = [];
    private readonly long[] _bestTimes = new long[question.Steps.Count];
    private Attempt? _best;
    private bool _isOpen;

    /// <summary>Follows one user.</summary>
    /// <param name="events">All that may matter, of that user; sorted here.</param>
    public FunnelResult Of(List<FunnelEvent> events)
    {
        _waiting.Clear();
        (_best, _isOpen) = (null, false);
        events.Sort(FunnelEvent.ByTime);
        foreach (ref readonly var one in CollectionsMarshal.AsSpan(events))
        {
            Move(one);
            Begin(one);
        }

        foreach (var (_, attempts) in _waiting)
        {
            // Nothing came any more that could end these.
            attempts.ForEach(attempt => _isOpen |= attempt.Times[0] + _window > now);
            attempts.ForEach(Settle);
        }

        if (_best is null)
        {
            return new(0, default, null, false);
        }

        _best.Times.AsSpan(0, _best.Steps).CopyTo(_bestTimes);
        return new(
            _best.Steps,
            new(_bestTimes, 0, _best.Steps),
            question.Attribution == FunnelAttribution.Last ? _best.LastLabel : _best.FirstLabel,
            _isOpen && _best.Steps < _steps);
    }

    private void Begin(in FunnelEvent one)
    {
        var fits = one.Fits & (question.Order == FunnelOrder.Unordered ? (1u << _steps) - 1 : 1);
        if (fits == 0 || one.Time < _start || one.Time >= _end)
        {
            return;
        }

        var attempt = new Attempt(_steps, one.Time, one.Label);
        Wait(fits & (~fits + 1), attempt);
    }

    private void Move(in FunnelEvent one)
    {
        var time = one.Time;
        _done.Clear();
        _done.AddRange(_waiting.Keys);
        foreach (var done in _done)
        {
            var attempts = _waiting[done];
            if (attempts.Count == 0)
            {
                continue;
            }

            if (NextOf(done, one.Fits) is var next && next >= 0)
            {
                attempts.ForEach(attempt => Go(attempt, done, next));
                attempts.Clear();
            }
            else if (IsExcluded(done, one.Fits))
            {
                Exclude(attempts, one.Time);
            }
            else if (question.Order == FunnelOrder.Strict)
            {
                attempts.ForEach(Settle);
                attempts.Clear();
            }
        }

        foreach (var (done, attempt) in _moved)
        {
            attempt.LastLabel = one.Label;
            Wait(done, attempt);
        }

        _moved.Clear();
        void Go(Attempt attempt, uint done, int next)
        {
            if (time - attempt.Times[0] > _window)
            {
                // Behind the window, so it says nothing of what may still come in it: producers' clocks run ahead, and a list is made as of then.
                _isOpen |= attempt.Times[0] + _window > now;
                Settle(attempt);
                return;
            }

            if (time - attempt.Times[attempt.Steps - 1] > _within[next])
            {
                Settle(attempt);
                return;
            }

            attempt.Times[attempt.Steps++] = time;
            _moved.Add((done | (1u << next), attempt));
        }
    }

    // The step that an event is for who has done these; -1 for none.
    private int NextOf(uint done, uint fits)
    {
        var missing = ~done & ((1u << _steps) - 1) & fits;
        var next = missing == 0 ? -1 : System.Numerics.BitOperations.TrailingZeroCount(missing);
        return question.Order == FunnelOrder.Unordered || next < 0 ? next : IsNext(done, fits) ? System.Numerics.BitOperations.PopCount(done) : -1;
    }

    private static bool IsNext(uint done, uint fits) => (fits & (done + 1)) != 0;

    private bool IsExcluded(uint done, uint fits)
    {
        if (fits >> _steps == 0)
        {
            return false;
        }

        var steps = System.Numerics.BitOperations.PopCount(done);
        for (var index = 0; index < question.Exclusions.Count; index++)
        {
            var exclusion = question.Exclusions[index];
            if ((fits >> (_steps + index) & 1) != 0 && steps >= exclusion.From && steps < exclusion.To)
            {
                return true;
            }
        }

        return false;
    }

    // What lies after an attempt's window lies not in it.
    private void Exclude(List<Attempt> attempts, long time)
    {
        foreach (var attempt in attempts)
        {
            if (time - attempt.Times[0] > _window)
            {
                _isOpen |= attempt.Times[0] + _window > now;
                Settle(attempt);
            }
        }

        attempts.Clear();
    }

    private void Wait(uint done, Attempt attempt)
    {
        if (attempt.Steps == _steps)
        {
            Settle(attempt);
            return;
        }

        ref var attempts = ref CollectionsMarshal.GetValueRefOrAddDefault(_waiting, done, out _);
        (attempts ??= []).Add(attempt);
    }

    private void Settle(Attempt attempt)
    {
        if (_best is null || attempt.Steps > _best.Steps || (attempt.Steps == _best.Steps && IsBefore(attempt, _best)))
        {
            _best = attempt;
        }
    }

    private static bool IsBefore(Attempt left, Attempt right)
    {
        var (there, then) = (left.Times[left.Steps - 1], right.Times[right.Steps - 1]);
        return there != then ? there < then : left.Times[0] > right.Times[0];
    }

    private sealed class Attempt
    {
        public readonly long[] Times;
        public readonly string? FirstLabel;
        public int Steps = 1;
        public string? LastLabel;

        public Attempt(int steps, long time, string? label)
        {
            Times = new long[steps];
            Times[0] = time;
            (FirstLabel, LastLabel) = (label, label);
        }
    }
}
