namespace Analytics.Core.Questions;

/// <summary>A half-open stretch of time, [start, end).</summary>
/// <param name="Start">The first instant inside.</param>
/// <param name="End">The first instant after it.</param>
public readonly record struct TimeRange(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>How long it lasts.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>The minutes whose start lies in it: what tables of minutes, and the events behind them, are asked for.</summary>
    public TimeRange WholeMinutes() => new(UpToMinute(Start), UpToMinute(End));

    /// <summary>The part before <paramref name="now"/>; empty when it has not begun.</summary>
    public TimeRange Elapsed(DateTimeOffset now) => new(Start, End <= now ? End : now < Start ? Start : now);

    private static DateTimeOffset UpToMinute(DateTimeOffset instant) =>
        new((instant.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
