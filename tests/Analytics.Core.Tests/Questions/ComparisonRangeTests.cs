using System.Globalization;
using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class ComparisonRangeTests
{
    private static readonly DateTimeOffset LongAfter = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // First and last day included, as people write them.
    [Theory]
    [InlineData(ComparisonMode.PreviousPeriod, "2023-03-01", "2023-03-02", "2023-02-27", "2023-02-28")]
    [InlineData(ComparisonMode.PreviousPeriod, "2023-02-01", "2023-02-28", "2023-01-04", "2023-01-31")]
    [InlineData(ComparisonMode.PreviousPeriod, "2024-03-01", "2024-03-01", "2024-02-29", "2024-02-29")]
    [InlineData(ComparisonMode.MatchWeekday, "2023-03-01", "2023-03-02", "2023-02-22", "2023-02-23")]
    [InlineData(ComparisonMode.MatchWeekday, "2023-03-01", "2023-03-10", "2023-02-15", "2023-02-24")]
    [InlineData(ComparisonMode.YearOverYear, "2020-02-01", "2020-02-29", "2019-02-01", "2019-03-01")]
    [InlineData(ComparisonMode.YearOverYear, "2020-02-29", "2020-03-01", "2019-03-01", "2019-03-02")]
    [InlineData(ComparisonMode.YearOverYear, "2023-12-01", "2023-12-31", "2022-12-01", "2022-12-31")]
    public void A_finished_period_is_compared_with(ComparisonMode mode, string first, string last, string otherFirst, string otherLast)
    {
        foreach (var zone in (string[])["UTC", "America/New_York", "Europe/Berlin"])
        {
            var found = ComparisonRange.Of(mode, Days(first, last, zone), Zone(zone), LongAfter);

            Assert.Equal(Days(otherFirst, otherLast, zone), found);
        }
    }

    [Theory]
    [InlineData(ComparisonMode.PreviousPeriod, "2023-03-14 00:00", "2023-03-14 15:30")]
    [InlineData(ComparisonMode.MatchWeekday, "2023-03-08 00:00", "2023-03-08 15:30")]
    [InlineData(ComparisonMode.YearOverYear, "2022-03-15 00:00", "2022-03-15 15:30")]
    public void A_running_day_is_compared_with_the_same_elapsed_time(ComparisonMode mode, string start, string end)
    {
        var found = ComparisonRange.Of(mode, Days("2023-03-15", "2023-03-15", "UTC"), TimeZoneInfo.Utc, Utc("2023-03-15 15:30"));

        Assert.Equal(new TimeRange(Utc(start), Utc(end)), found);
    }

    [Fact]
    public void An_hour_is_compared_with_the_hour_before()
    {
        var found = ComparisonRange.Of(
            ComparisonMode.PreviousPeriod, new(Utc("2023-03-15 12:00"), Utc("2023-03-15 13:00")), TimeZoneInfo.Utc, Utc("2023-03-15 12:20"));

        Assert.Equal(new TimeRange(Utc("2023-03-15 11:00"), Utc("2023-03-15 11:20")), found);
    }

    [Fact]
    public void A_day_of_23_hours_is_compared_with_the_whole_day_before()
    {
        var found = ComparisonRange.Of(
            ComparisonMode.PreviousPeriod, Days("2023-03-26", "2023-03-26", "Europe/Berlin"), Zone("Europe/Berlin"), LongAfter);

        Assert.Equal(new TimeRange(Utc("2023-03-24 23:00"), Utc("2023-03-25 23:00")), found);
    }

    private static TimeRange Days(string first, string last, string zone) =>
        new(ZonedTime.Instant(Day(first), Zone(zone)), ZonedTime.Instant(Day(last).AddDays(1), Zone(zone)));

    private static DateTime Day(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);
}
