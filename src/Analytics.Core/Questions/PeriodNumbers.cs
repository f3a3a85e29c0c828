namespace Analytics.Core.Questions;

/// <summary>Days, weeks and months of a zone as numbers that follow each other: days since 1970, weeks since its first Monday but one, months since the year 0.</summary>
public static class PeriodNumbers
{
    /// <summary>The number of the period in which an instant lies.</summary>
    public static int Of(DateTimeOffset instant, Granularity period, TimeZoneInfo zone)
    {
        var day = ZonedTime.Local(instant, zone).Date;
        var number = (int)(day - DateTime.UnixEpoch).TotalDays;
        return period switch
        {
            Granularity.Day => number,
            Granularity.Week => (number + 3) / 7,
            Granularity.Month => (day.Year * 12) + day.Month,
            _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Expected days, weeks or months."),
        };
    }

    /// <summary>The start of the period of this number.</summary>
    public static DateTimeOffset StartOf(int number, Granularity period, TimeZoneInfo zone) => ZonedTime.Instant(
        period switch
        {
            Granularity.Day => DateTime.UnixEpoch.AddDays(number),
            Granularity.Week => DateTime.UnixEpoch.AddDays((number * 7) - 3),
            Granularity.Month => new DateTime((number - 1) / 12, ((number - 1) % 12) + 1, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Expected days, weeks or months."),
        },
        zone);
}
