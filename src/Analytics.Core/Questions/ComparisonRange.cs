namespace Analytics.Core.Questions;

/// <summary>What a period is compared with.</summary>
public enum ComparisonMode
{
    /// <summary>As many days, ending the day before.</summary>
    PreviousPeriod,

    /// <summary>The same dates a year earlier, keeping the length.</summary>
    YearOverYear,

    /// <summary>The latest whole weeks earlier, so that weekdays meet.</summary>
    MatchWeekday,
}

/// <summary>Finds the period to compare with, by the rules of docs/SEMANTICS.md.</summary>
public static class ComparisonRange
{
    /// <summary>The period to compare <paramref name="range"/> with.</summary>
    /// <param name="mode">The rule.</param>
    /// <param name="range">The period asked for, whole even when it still runs.</param>
    /// <param name="zone">The tenant's zone: days are counted by its wall clock, so that a day of 23 hours compares with a whole day.</param>
    /// <param name="now">A period that still runs is compared with what had elapsed of the other by the same time.</param>
    public static TimeRange Of(ComparisonMode mode, TimeRange range, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (start, end) = (ZonedTime.Local(range.Start, zone), ZonedTime.Local(range.End, zone));
        var length = end - start;
        if (mode == ComparisonMode.PreviousPeriod && length.Ticks % TimeSpan.TicksPerDay != 0)
        {
            return new TimeRange(range.Start - range.Length, range.Start).Elapsed(now - range.Length);
        }

        var shifted = mode switch
        {
            ComparisonMode.PreviousPeriod => start - length,
            ComparisonMode.YearOverYear => YearBefore(start),
            ComparisonMode.MatchWeekday => start - WholeWeeks(length),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a mode of comparison."),
        };
        var whole = new TimeRange(ZonedTime.Instant(shifted, zone), ZonedTime.Instant(shifted + length, zone));
        return range.End <= now ? whole : whole.Elapsed(ZonedTime.Instant(ZonedTime.Local(now, zone) - (start - shifted), zone));
    }

    // 29 February of a year that has none is 1 March.
    private static DateTime YearBefore(DateTime day) =>
        day is { Month: 2, Day: 29 } ? new DateTime(day.Year - 1, 3, 1).Add(day.TimeOfDay) : day.AddYears(-1);

    private static TimeSpan WholeWeeks(TimeSpan length) => TimeSpan.FromDays(7 * Math.Max(1, (int)Math.Ceiling(length / TimeSpan.FromDays(7))));
}
