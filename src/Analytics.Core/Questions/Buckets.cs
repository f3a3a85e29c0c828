namespace Analytics.Core.Questions;

/// <summary>The points of a series: where each starts.</summary>
public static class Buckets
{
    /// <summary>The start of the bucket in which <paramref name="instant"/> lies.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset instant, Granularity granularity, TimeZoneInfo zone)
    {
        var local = ZonedTime.Local(instant, zone);
        return granularity switch
        {
            Granularity.FiveSeconds => Floor(instant, TimeSpan.FromSeconds(5)),
            Granularity.Minute => Floor(instant, TimeSpan.FromMinutes(1)),
            // By the wall clock, but as an instant: the hour that autumn repeats is two buckets.
            Granularity.Hour => Floor(instant, TimeSpan.FromMinutes(1)).AddMinutes(-local.Minute),
            Granularity.Day => ZonedTime.Instant(local.Date, zone),
            Granularity.Week => ZonedTime.Instant(local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)), zone),
            Granularity.WeekFromSunday => ZonedTime.Instant(local.Date.AddDays(-(int)local.DayOfWeek), zone),
            Granularity.Month => ZonedTime.Instant(FirstOfMonth(local), zone),
            Granularity.Quarter => ZonedTime.Instant(FirstOfMonth(local).AddMonths(-((local.Month - 1) % 3)), zone),
            _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, "Not a granularity."),
        };
    }

    /// <summary>The start of the bucket after the one that starts at <paramref name="start"/>.</summary>
    public static DateTimeOffset Next(DateTimeOffset start, Granularity granularity, TimeZoneInfo zone) => granularity switch
    {
        Granularity.FiveSeconds => start.AddSeconds(5),
        Granularity.Minute => start.AddMinutes(1),
        Granularity.Hour => start.AddHours(1),
        Granularity.Day => ZonedTime.Instant(Noon(start, zone).Date.AddDays(1), zone),
        Granularity.Week or Granularity.WeekFromSunday => ZonedTime.Instant(Noon(start, zone).Date.AddDays(7), zone),
        Granularity.Month => ZonedTime.Instant(FirstOfMonth(Noon(start, zone)).AddMonths(1), zone),
        Granularity.Quarter => ZonedTime.Instant(FirstOfMonth(Noon(start, zone)).AddMonths(3), zone),
        _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, "Not a granularity."),
    };

    /// <summary>The starts of all buckets that touch the range, in order: the first may start before it.</summary>
    public static IEnumerable<DateTimeOffset> Of(TimeRange range, Granularity granularity, TimeZoneInfo zone)
    {
        for (var start = StartOf(range.Start, granularity, zone); start < range.End; start = Next(start, granularity, zone))
        {
            yield return start;
        }
    }

    /// <summary>About how many buckets a range has, at least as many as it does have; cheap, to refuse what is too much before it is made.</summary>
    public static long AtMost(TimeRange range, Granularity granularity) => (long)(range.Length / granularity switch
    {
        Granularity.FiveSeconds => TimeSpan.FromSeconds(5),
        Granularity.Minute => TimeSpan.FromMinutes(1),
        Granularity.Hour => TimeSpan.FromHours(1),
        Granularity.Day => TimeSpan.FromHours(23),
        Granularity.Week or Granularity.WeekFromSunday => TimeSpan.FromHours(167),
        Granularity.Month => TimeSpan.FromDays(27),
        Granularity.Quarter => TimeSpan.FromDays(89),
        _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, "Not a granularity."),
    }) + 2;

    // A day may start at one o'clock, where midnight is left out; noon is always in it.
    private static DateTime Noon(DateTimeOffset start, TimeZoneInfo zone) => ZonedTime.Local(start.AddHours(6), zone);

    private static DateTime FirstOfMonth(DateTime day) => new(day.Year, day.Month, 1);

    private static DateTimeOffset Floor(DateTimeOffset instant, TimeSpan step) => new(instant.UtcTicks - instant.UtcTicks % step.Ticks, TimeSpan.Zero);
}
