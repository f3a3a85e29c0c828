using System.Globalization;
using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class BucketsTests
{
    [Fact]
    public void Days_of_Berlin_start_at_its_midnight_through_both_changes_of_the_clock()
    {
        Assert.Equal(
            [Utc("2023-03-24 23:00"), Utc("2023-03-25 23:00"), Utc("2023-03-26 22:00")],
            Buckets.Of(new(Utc("2023-03-25 12:00"), Utc("2023-03-27 12:00")), Granularity.Day, Zone("Europe/Berlin")));
        Assert.Equal(
            [Utc("2023-10-27 22:00"), Utc("2023-10-28 22:00"), Utc("2023-10-29 23:00")],
            Buckets.Of(new(Utc("2023-10-28 12:00"), Utc("2023-10-30 12:00")), Granularity.Day, Zone("Europe/Berlin")));
    }

    [Fact]
    public void The_hour_that_autumn_repeats_is_two_buckets() =>
        Assert.Equal(
            [Utc("2023-10-29 00:00"), Utc("2023-10-29 01:00"), Utc("2023-10-29 02:00")],
            Buckets.Of(new(Utc("2023-10-29 00:30"), Utc("2023-10-29 02:30")), Granularity.Hour, Zone("Europe/Berlin")));

    [Fact]
    public void Hours_of_a_zone_of_half_hours_start_at_its_full_hours() =>
        Assert.Equal(
            [Utc("2023-05-01 11:30"), Utc("2023-05-01 12:30")],
            Buckets.Of(new(Utc("2023-05-01 12:00"), Utc("2023-05-01 13:00")), Granularity.Hour, Zone("Asia/Kolkata")));

    [Fact]
    public void A_day_whose_midnight_is_left_out_starts_when_the_clock_jumps() =>
        Assert.Equal(
            [Utc("2023-04-26 22:00"), Utc("2023-04-27 22:00"), Utc("2023-04-28 21:00")],
            Buckets.Of(new(Utc("2023-04-27 12:00"), Utc("2023-04-29 12:00")), Granularity.Day, Zone("Africa/Cairo")));

    [Fact]
    public void Months_have_their_own_lengths() =>
        Assert.Equal(
            [Utc("2024-01-01 05:00"), Utc("2024-02-01 05:00"), Utc("2024-03-01 05:00"), Utc("2024-04-01 04:00")],
            Buckets.Of(new(Utc("2024-01-15 00:00"), Utc("2024-04-02 00:00")), Granularity.Month, Zone("America/New_York")));

    [Fact]
    public void Weeks_start_on_monday_unless_set_to_sunday()
    {
        var range = new TimeRange(Utc("2026-11-18 12:00"), Utc("2026-11-24 12:00"));

        Assert.Equal([Utc("2026-11-15 23:00"), Utc("2026-11-22 23:00")], Buckets.Of(range, Granularity.Week, Zone("Europe/Berlin")));
        Assert.Equal([Utc("2026-11-14 23:00"), Utc("2026-11-21 23:00")], Buckets.Of(range, Granularity.WeekFromSunday, Zone("Europe/Berlin")));
    }

    [Fact]
    public void Quarters_start_in_january_april_july_and_october() =>
        Assert.Equal(
            [Utc("2025-12-31 23:00"), Utc("2026-03-31 22:00"), Utc("2026-06-30 22:00")],
            Buckets.Of(new(Utc("2026-02-15 00:00"), Utc("2026-07-02 00:00")), Granularity.Quarter, Zone("Europe/Berlin")));

    [Theory]
    [InlineData(Granularity.FiveSeconds)]
    [InlineData(Granularity.Minute)]
    [InlineData(Granularity.Hour)]
    [InlineData(Granularity.Day)]
    [InlineData(Granularity.Week)]
    [InlineData(Granularity.WeekFromSunday)]
    [InlineData(Granularity.Month)]
    [InlineData(Granularity.Quarter)]
    public void Buckets_have_no_gap_and_are_no_more_than_was_foretold(Granularity granularity)
    {
        foreach (var zone in (string[])["UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kolkata", "Pacific/Auckland", "America/Sao_Paulo"])
        {
            var range = new TimeRange(Utc("2023-01-01 00:00"), granularity <= Granularity.Minute ? Utc("2023-01-01 02:00") : Utc("2024-01-01 00:00"));
            var starts = Buckets.Of(range, granularity, Zone(zone)).ToList();

            Assert.True(starts.Count <= Buckets.AtMost(range, granularity));
            Assert.All(starts, start => Assert.Equal(start, Buckets.StartOf(start, granularity, Zone(zone))));
            Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.Equal(pair.First, Buckets.StartOf(pair.Second.AddSeconds(-1), granularity, Zone(zone))));
        }
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);
}
