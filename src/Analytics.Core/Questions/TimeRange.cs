namespace Analytics.Core.Questions;

/// <summary>A half-open stretch of time, [start, end).</summary>
/// <param name="Start">The first instant inside.</param>
/// <param name="End">The first instant after it.</param>
public readonly record struct TimeRange(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>How long it lasts.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>The part before <paramref name="now"/>; empty when it has not begun.</summary>
    public TimeRange Elapsed(DateTimeOffset now) => new(Start, End <= now ? End : now < Start ? Start : now);
}
