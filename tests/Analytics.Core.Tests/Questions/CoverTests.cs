using System.Globalization;
using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class CoverTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Cairo",
    ];

    [Fact]
    public void Every_minute_is_read_from_exactly_one_table_and_every_row_lies_in_one_point()
    {
        var random = new Random(20_261_123);
        for (var round = 0; round < 100; round++)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(Zones[random.Next(Zones.Length)]);
            // Lord Howe's clock changes by half an hour, which no hour of it survives.
            var finest = zone.Id == "Australia/Lord_Howe" ? Granularity.Day : Granularity.Hour;
            var granularity = (Granularity)random.Next((int)finest, (int)Granularity.Quarter + 1);
            var start = Utc("2026-03-01 00:00").AddMinutes(random.Next(0, 60 * 24 * 60));
            var range = new TimeRange(start, start.AddMinutes(random.Next(1, 60 * 24 * 20)));
            var rolled = Some(random);
            var starts = Buckets.Of(range, granularity, zone).ToList();

            var cover = Cover.Of(range, starts, rolled);

            AssertTiles(cover, range, rolled, start => Buckets.StartOf(start, granularity, zone), $"round {round}: {granularity} of {zone.Id}, {range.Start:O} to {range.End:O}");
        }
    }

    [Theory]
    [InlineData("UTC", Granularity.Month, "Days")]
    [InlineData("UTC", Granularity.Hour, "Hours")]
    [InlineData("Europe/Berlin", Granularity.Day, "Hours")]
    [InlineData("Europe/Berlin", Granularity.Month, "Days Hours")]
    [InlineData("Asia/Kolkata", Granularity.Month, "Days Hours Minutes")]
    [InlineData("Asia/Kathmandu", Granularity.Day, "Hours Minutes")]
    [InlineData("Asia/Kathmandu", Granularity.Hour, "Minutes")]
    public void A_range_is_read_from_the_longest_units_that_fit_into_its_points(string zone, Granularity granularity, string levels)
    {
        var range = new TimeRange(Utc("2026-03-01 00:00"), Utc("2026-06-01 00:00"));

        var cover = Cover.Of(range, [.. Buckets.Of(range, granularity, TimeZoneInfo.FindSystemTimeZoneById(zone))], new([range], [range]));

        Assert.Equal(levels, string.Join(' ', cover.Parts.Select(part => part.Level)));
    }

    [Fact]
    public void Days_of_kolkata_read_only_the_hours_that_their_midnights_cut_from_the_minutes()
    {
        var range = new TimeRange(Utc("2026-02-28 18:30"), Utc("2026-03-02 18:30"));
        var whole = new TimeRange(Utc("2026-02-01 00:00"), Utc("2026-04-01 00:00"));

        var cover = Cover.Of(range, [.. Buckets.Of(range, Granularity.Day, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata"))], new([whole], [whole]));

        var (hours, minutes) = (cover.Parts[0], cover.Parts[1]);
        Assert.Equal([new(Utc("2026-02-28 19:00"), Utc("2026-03-02 18:00"))], hours.Ranges);
        Assert.Equal([Utc("2026-03-01 18:00")], hours.Without);
        Assert.Equal([new(Utc("2026-02-28 18:30"), Utc("2026-02-28 19:00")), new(Utc("2026-03-02 18:00"), Utc("2026-03-02 18:30"))], minutes.Ranges);
        Assert.Equal([Utc("2026-03-01 18:00")], minutes.Within);
    }

    [Fact]
    public void A_range_that_is_one_figure_is_days_inside_and_hours_and_minutes_at_its_edges()
    {
        var whole = new TimeRange(Utc("2026-02-01 00:00"), Utc("2026-04-01 00:00"));

        var cover = Cover.Of(new(Utc("2026-03-01 21:59"), Utc("2026-03-05 01:01")), [], new([whole], [whole]));

        Assert.Equal(
            [
                "Days 2026-03-02 00:00 to 2026-03-05 00:00", "Hours 2026-03-01 22:00 to 2026-03-02 00:00", "Hours 2026-03-05 00:00 to 2026-03-05 01:00",
                "Minutes 2026-03-01 21:59 to 2026-03-01 22:00", "Minutes 2026-03-05 01:00 to 2026-03-05 01:01",
            ],
            cover.Parts.SelectMany(part => part.Ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{part.Level} {range.Start:yyyy-MM-dd HH:mm} to {range.End:yyyy-MM-dd HH:mm}"))));
    }

    [Fact]
    public void Nothing_is_read_of_nothing() => Assert.Empty(Cover.Of(new(Utc("2026-03-01 00:00"), Utc("2026-03-01 00:00")), [], Rolled.None).Parts);

    private static void AssertTiles(Cover cover, TimeRange range, Rolled rolled, Func<DateTimeOffset, DateTimeOffset> pointOf, string what)
    {
        for (var minute = range.Start; minute < range.End; minute = minute.AddMinutes(1))
        {
            var reading = cover.Parts.Where(part => Reads(part, minute)).ToList();
            Assert.True(reading.Count == 1, $"{what}: {minute:O} is read {reading.Count} times.");
            var unit = UnitOf(reading[0].Level);
            var start = TimeRange.Down(minute, unit);
            Assert.True(start >= range.Start && start + unit <= range.End, $"{what}: the unit at {start:O} is not in the range.");
            Assert.True(pointOf(start) == pointOf(start + unit - TimeSpan.FromMinutes(1)), $"{what}: the unit at {start:O} lies in two points.");
            var trusted = reading[0].Level switch { CoverLevel.Days => rolled.Days, CoverLevel.Hours => rolled.Hours, _ => [range] };
            Assert.True(trusted.Any(some => some.Start <= start && start + unit <= some.End), $"{what}: the unit at {start:O} is not rolled up.");
        }
    }

    // As the printed condition decides for a row.
    private static bool Reads(CoverPart part, DateTimeOffset minute)
    {
        var start = TimeRange.Down(minute, UnitOf(part.Level));
        var next = part.Level == CoverLevel.Minutes ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        return (part.Ranges.Any(range => range.Start <= start && start < range.End) || part.Within.Contains(TimeRange.Down(start, next))) && !part.Without.Contains(start);
    }

    private static TimeSpan UnitOf(CoverLevel level) => level switch
    {
        CoverLevel.Days => TimeSpan.FromDays(1),
        CoverLevel.Hours => TimeSpan.FromHours(1),
        _ => TimeSpan.FromMinutes(1),
    };

    // Some stretches of hours; of the days in them all, or those of some stretches only.
    private static Rolled Some(Random random)
    {
        var hours = Cover.Joined(Enumerable.Range(0, random.Next(4)).Select(_ =>
        {
            var start = Utc("2026-02-20 00:00").AddHours(random.Next(24 * 80));
            return new TimeRange(start, start.AddHours(random.Next(1, 24 * 60)));
        }));
        return new(hours, Cover.Joined(hours.Where(_ => random.Next(4) > 0).Select(range => range.Inner(TimeSpan.FromDays(1)))));
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", CultureInfo.InvariantCulture);
}
