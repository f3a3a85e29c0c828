using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Tests.ClickHouse.Behind;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.Conformance;

/// <summary>What other products publish of retention, lifecycle, sessions and uniques, restated; docs/CONFORMANCE.md names the sources and their licences.</summary>
public sealed class UserConformanceTests
{
    // ClickHouse, 00688_aggregation_retention (Apache-2.0).
    [Fact]
    public async Task Of_80_users_50_and_60_come_back_on_the_next_days()
    {
        await using var tables = await UserTables.NewAsync(
            Enumerable.Range(0, 80).Select(user => Did("a", "2018-08-06", user)), Enumerable.Range(0, 50).Select(user => Did("a", "2018-08-07", user)), Enumerable.Range(0, 60).Select(user => Did("a", "2018-08-08", user)));

        Assert.Equal(["80 80 50 60"], await MatrixAsync(tables, "\"start\": \"2018-08-06\", \"end\": \"2018-08-07\", \"periods\": 2"));
    }

    // PostHog, retention by day (MIT): one person under two names is one user here.
    [Fact]
    public async Task Days_of_retention_are_those_of_PostHog()
    {
        await using var tables = await UserTables.NewAsync(Seen(1, 10, 11, 12, 15, 15, 16), Seen(2, 11, 12, 13, 16));

        Assert.Equal(
            [
                "1 1 1 1 0 0 1 1 0 0 0 0", "2 2 2 1 0 1 2 0 0 0 0 0", "2 2 1 0 1 2 0 0 0 0 0 0", "1 1 0 0 1 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0 0 0 0 0",
                "1 1 1 0 0 0 0 0 0 0 0 0", "2 2 0 0 0 0 0 0 0 0 0 0",
            ],
            await MatrixAsync(tables, "\"start\": \"2020-06-10\", \"end\": \"2020-06-17\", \"periods\": 10"));
    }

    // PostHog, retention by month (MIT).
    [Fact]
    public async Task Months_of_retention_are_those_of_PostHog()
    {
        await using var tables = await UserTables.NewAsync(Months(1, 1, 2, 3, 5, 6, 9), Months(2, 1, 2, 3, 6, 7, 11));

        Assert.Equal(
            [
                "2 2 2 2 0 1 2 1 0 1 0 1", "2 2 2 0 1 2 1 0 1 0 1 0", "2 2 0 1 2 1 0 1 0 1 0 0", "0 0 0 0 0 0 0 0 0 0 0 0", "1 1 1 0 0 1 0 0 0 0 0 0", "2 2 1 0 1 0 1 0 0 0 0 0",
                "1 1 0 0 0 1 0 0 0 0 0 0", "0 0 0 0 0 0 0 0 0 0 0 0", "1 1 0 0 0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0 0 0 0 0", "1 1 0 0 0 0 0 0 0 0 0 0",
            ],
            await MatrixAsync(tables, "\"start\": \"2020-01-01\", \"end\": \"2020-12-01\", \"period\": \"month\", \"periods\": 10"));
    }

    // PostHog, lifecycle of a group (MIT): new, returning, resurrected, dormant from the 9th of January to the 19th.
    [Fact]
    public async Task A_lifecycle_is_that_of_PostHog()
    {
        await using var tables = await UserTables.NewAsync(((int[])[9, 11, 12, 13, 15, 17, 18, 19]).Select(day => Did("a", $"2020-01-{day:D2}", 5)));
        var question = UserReaders.Activity(Node("""{"start": "2020-01-09", "end": "2020-01-20", "event": "a"}"""), Context());

        var rows = (await tables.Activity.LifecycleAsync(1, question, default)).ToDictionary(row => (row.Kind, row.Period), row => row.Users);

        var first = PeriodNumbers.Of(Utc("2020-01-09"), Granularity.Day, TimeZoneInfo.Utc);
        Assert.Equal(
            ["New 10000000000", "Returning 00011000011", "Resurrected 00100010100", "Dormant 01000101000"],
            Enum.GetValues<Core.Questions.Behind.LifecycleKind>().Select(kind => $"{kind} {string.Concat(Enumerable.Range(first, 11).Select(day => rows.GetValueOrDefault((kind, day))))}"));
    }

    // Apache Kafka, session windows (Apache-2.0), with their gap for ours: what lies in it is one session, and what comes late joins two.
    [Theory]
    [InlineData("0 500", "2")]
    [InlineData("0 1800001", "1 1")]
    [InlineData("0 1800001 900000", "3")]
    [InlineData("0 1800000", "1 1")] // Theirs is one session: there the gap itself still belongs to it, as GA's here does not.
    public async Task Sessions_are_those_of_Kafka_but_for_a_pause_of_exactly_the_gap(string milliseconds, string sessions)
    {
        await using var tables = await UserTables.NewAsync(milliseconds.Split(' ').Select(at => new MadeEvent
        {
            Name = "a",
            User = "mel",
            Time = Utc("2026-03-01").AddMilliseconds(long.Parse(at, System.Globalization.CultureInfo.InvariantCulture)),
        }));
        var scope = new FigureScope(1, new(Utc("2026-03-01"), Utc("2026-03-02")), TimeZoneInfo.Utc, "EUR");

        Assert.Equal(sessions, string.Join(' ', (await tables.Sessions.ListAsync(scope, 10, default)).Select(session => session.Events)));
    }

    private static MadeEvent Did(string name, string day, int user) => new() { Name = name, Time = Utc(day).AddHours(5), User = "u" + user };

    private static IEnumerable<MadeEvent> Seen(int user, params int[] days) => days.Select((day, index) => Did("a", $"2020-06-{day:D2}", user) with { Offset = index });

    private static IEnumerable<MadeEvent> Months(int user, params int[] months) => months.Select(month => Did("a", $"2020-{month:D2}-10", user));

    // A row a cohort: its users, then those of each period.
    private static async Task<IEnumerable<string>> MatrixAsync(UserTables tables, string question)
    {
        var asked = UserReaders.Retention(Node($$"""{ {{question}}, "start_event": "a" }"""), Context());
        var rows = (await tables.Retention.OfAsync(1, asked, default)).ToDictionary(row => (row.Cohort, row.After), row => row.Users);
        return Buckets.Of(asked.Scope.Range, asked.Period, asked.Scope.Zone).Select(start => PeriodNumbers.Of(start, asked.Period, asked.Scope.Zone))
            .Select(cohort => string.Join(' ', Enumerable.Range(-1, asked.Periods + 2).Select(after => rows.GetValueOrDefault((cohort, after)))));
    }
}
