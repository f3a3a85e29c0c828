namespace Analytics.Core.Questions;

/// <summary>A half-open stretch of time, [start, end).</summary>
/// <param name="Start">The first instant inside.</param>
/// <param name="End">The first instant after it.</param>
public readonly record struct TimeRange(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>How long it lasts.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>The minutes whose start lies in it: what tables of minutes, and the events behind them, are asked for.</summary>
    public TimeRange WholeMinutes() => Whole(TimeSpan.FromMinutes(1));

    /// <summary>The steps whose start lies in it.</summary>
    public TimeRange Whole(TimeSpan step) => new(Up(Start, step), Up(End, step));

    /// <summary>The whole units of UTC that lie in it, from the first to the last; of no length where there is none.</summary>
    public TimeRange Inner(TimeSpan unit)
    {
        var (start, end) = (Up(Start, unit), Down(End, unit));
        return new(start, end < start ? start : end);
    }

    /// <summary>The start of the unit of UTC in which an instant lies.</summary>
    public static DateTimeOffset Down(DateTimeOffset instant, TimeSpan unit) => new(instant.UtcTicks - (instant.UtcTicks % unit.Ticks), TimeSpan.Zero);

    /// <summary>The part before <paramref name="now"/>; empty when it has not begun.</summary>
    public TimeRange Elapsed(DateTimeOffset now) => new(Start, End <= now ? End : now < Start ? Start : now);

    private static DateTimeOffset Up(DateTimeOffset instant, TimeSpan unit) => new((instant.UtcTicks + unit.Ticks - 1) / unit.Ticks * unit.Ticks, TimeSpan.Zero);
}
