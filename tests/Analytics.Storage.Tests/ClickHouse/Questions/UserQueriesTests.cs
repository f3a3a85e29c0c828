using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

public sealed class UserQueriesTests : IAsyncLifetime
{
    private QuestionTables _tables = null!;

    public async Task InitializeAsync() => _tables = await NewAsync();

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Theory]
    // u1 on 2, 3, 5 March; u2 on 3 and 4 March, and in February: the cohort of the first time is not one of March.
    [InlineData("recurring", "02+-1=1 02+0=1 02+1=1 02+3=1 03+-1=2 03+0=2 03+1=1 03+2=1 04+-1=1 04+0=1 05+-1=1 05+0=1")]
    [InlineData("first_time", "02+-1=1 02+0=1 02+1=1 02+3=1")]
    public async Task Users_come_back_to_each_cohort_they_are_in_or_to_that_of_their_first_time(string mode, string expected)
    {
        await _tables.AddAsync(Did("a", "03-02 10:00"), Did("a", "03-03 23:00"), Did("a", "03-05 00:30"), Did("a", "02-10 10:00", "u2"), Did("a", "03-03 10:00", "u2"), Did("a", "03-04 10:00", "u2"), Did("a", "03-03 10:00") with { Tenant = 2 });

        Assert.Equal(expected, await RetentionAsync($"\"start_event\": \"a\", \"mode\": \"{mode}\", \"periods\": 5"));
    }

    [Fact]
    public async Task Start_and_return_may_differ_and_a_return_of_the_same_day_comes_after_the_start()
    {
        await _tables.AddAsync(
            Did("a", "03-02 10:00"), Did("b", "03-02 11:00"), Did("b", "03-03 01:00"),
            Did("b", "03-02 09:00", "u2"), Did("a", "03-02 10:00", "u2"), Did("b", "03-01 09:00", "u3"));

        Assert.Equal("02+-1=2 02+0=1 02+1=1", await RetentionAsync("\"start_event\": \"a\", \"return_event\": \"b\""));
    }

    [Fact]
    public async Task Days_are_cut_in_the_zone_or_are_24_hours_from_the_start_on()
    {
        await _tables.AddAsync(Did("a", "03-02 10:00"), Did("b", "03-02 23:30"), Did("b", "03-03 09:59"), Did("b", "03-03 10:00"), Did("b", "03-05 09:00"));

        Assert.Equal("02+-1=1 02+0=1 02+1=1 02+3=1", await RetentionAsync("\"start_event\": \"a\", \"return_event\": \"b\""));
        Assert.Equal("02+-1=1 02+1=1 02+3=1", await RetentionAsync("\"start_event\": \"a\", \"return_event\": \"b\", \"time_zone\": \"Europe/Berlin\""));
        Assert.Equal("02+-1=1 02+0=1 02+1=1 02+2=1", await RetentionAsync("\"start_event\": \"a\", \"return_event\": \"b\", \"clock\": \"rolling\""));
    }

    [Theory]
    [InlineData("week", "02+-1=1 02+0=1 02+1=1")]
    [InlineData("month", "01+-1=1 01+0=1 01+1=1")]
    public async Task Weeks_begin_on_Monday_and_months_on_their_first(string period, string expected)
    {
        await _tables.AddAsync(Did("a", "03-08 10:00"), Did("b", "03-08 10:00"), Did("b", period == "week" ? "03-09 10:00" : "04-01 10:00"));

        Assert.Equal(expected, await RetentionAsync($"\"start_event\": \"a\", \"return_event\": \"b\", \"period\": \"{period}\""));
    }

    [Fact]
    public async Task Users_are_new_returning_resurrected_or_dormant()
    {
        await _tables.AddAsync(
            Did("a", "03-02 10:00"), Did("a", "03-03 10:00"), Did("a", "03-05 10:00"),
            Did("a", "02-20 10:00", "u2"), Did("a", "03-03 10:00", "u2"), Did("other", "03-04 10:00", "u2"));

        var question = UserReaders.Activity(Node("""{"start": "2026-03-02", "end": "2026-03-06", "event": "a"}"""), Context());
        var rows = await new ActivityQueries(_tables.Store).LifecycleAsync(1, question, default);

        Assert.Equal(
            ["02 New 1", "03 Resurrected 1", "03 Returning 1", "04 Dormant 2", "05 Resurrected 1"],
            rows.Select(row => $"{Day(row.Period)} {row.Kind} {row.Users}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Stickiness_is_the_number_of_days_on_which_users_were_active()
    {
        await _tables.AddAsync(Did("a", "03-02 10:00"), Did("a", "03-02 11:00"), Did("a", "03-03 10:00"), Did("a", "03-02 10:00", "u2"), Did("a", "03-20 10:00", "u2"), Did("b", "03-02 10:00", "u3"));

        var question = UserReaders.Activity(Node("""{"start": "2026-03-02", "end": "2026-03-06", "event": "a"}"""), Context());

        Assert.Equal([new("", 1, 1), new("", 2, 1)], (await new ActivityQueries(_tables.Store).StickinessAsync(1, question, default)).OrderBy(row => row.Periods));
    }

    [Fact]
    public async Task Sticky_users_are_told_apart_by_their_first_event_of_the_range_and_what_is_beyond_the_limit_is_one_group()
    {
        // u1 was in France before the range, then in Germany and in Austria: of one millisecond the lower offset is the first.
        await _tables.AddAsync(
            Did("a", "03-01 10:00") with { Country = "FR" }, Did("a", "03-02 10:00"), Did("a", "03-02 10:00") with { Country = "AT" }, Did("a", "03-03 10:00") with { Country = "AT" },
            Did("a", "03-02 10:00", "u2"), Did("b", "03-03 10:00", "u2"),
            Did("a", "03-03 10:00", "u3") with { Country = "FR" }, Did("a", "03-04 10:00", "u3"), Did("a", "03-05 10:00", "u4") with { Country = "" });
        var question = UserReaders.Activity(Node("""{"start": "2026-03-02", "end": "2026-03-06", "event": "a", "breakdown": "country", "limit": 1}"""), Context());

        var rows = await new ActivityQueries(_tables.Store).StickinessAsync(1, question, default);

        // u3 (two days, France) and u4 (one, nowhere) are the others.
        Assert.Equal([new(null, 1, 1), new(null, 2, 1), new("DE", 1, 1), new("DE", 2, 1)], rows.OrderBy(row => row.Label, StringComparer.Ordinal).ThenBy(row => row.Periods));
    }

    [Fact]
    public async Task Cohorts_are_told_apart_by_the_first_start_in_their_period_and_what_is_beyond_the_limit_is_one_group()
    {
        await _tables.AddAsync(
            Did("a", "03-02 10:00") with { Country = "FR" }, Did("a", "03-02 11:00"), Did("a", "03-03 10:00"), Did("a", "03-02 10:00", "u2"), Did("a", "03-02 10:00", "u3"), Did("a", "03-03 10:00", "u3"),
            Did("a", "03-02 10:00", "u4") with { Country = "AT" });
        var question = UserReaders.Retention(Node("""{"start": "2026-03-02", "end": "2026-03-03", "start_event": "a", "breakdown": "country", "limit": 1, "periods": 1}"""), Context());

        var rows = await new RetentionQueries(_tables.Store).OfAsync(1, question, default);

        Assert.Equal(
            ["+-1=2", "+0=2", "+1=1", "DE+-1=2", "DE+0=2", "DE+1=1"],
            rows.Select(row => $"{row.Label}+{row.After}={row.Users}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Active_users_are_told_apart_by_their_first_event_of_the_period_and_dormant_ones_by_that_of_the_period_before()
    {
        await _tables.AddAsync(Did("a", "03-02 10:00") with { Country = "FR" }, Did("a", "03-02 11:00"), Did("a", "03-03 10:00"), Did("a", "03-03 11:00") with { Country = "AT" });
        var question = UserReaders.Activity(Node("""{"start": "2026-03-02", "end": "2026-03-05", "event": "a", "breakdown": "country"}"""), Context());

        var rows = await new ActivityQueries(_tables.Store).LifecycleAsync(1, question, default);

        Assert.Equal(["02 FR New 1", "03 DE Returning 1", "04 DE Dormant 1"], rows.Select(row => $"{Day(row.Period)} {row.Label} {row.Kind} {row.Users}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("next", "1 a>b 2|1 a>c 1|1 a> 1|2 b>c 1|2 b> 1|2 c> 1")]
    [InlineData("previous", "1 a>c 1|1 a> 3|2 c>b 1")]
    public async Task Paths_lead_from_each_event_to_what_came_next_or_before(string direction, string expected)
    {
        await _tables.AddAsync(
            Did("a", "03-02 10:00"), Did("a", "03-02 10:01"), Did("b", "03-02 10:02"), Did("c", "03-02 10:03"), Did("a", "03-02 10:04"), Did("c", "03-02 10:05"), Did("x", "03-02 11:00"),
            Did("a", "03-02 10:00", "u2"), Did("b", "03-02 10:01", "u2"), Did("a", "03-02 10:31", "u2"), Did("b", "03-02 10:00", "u3"));

        var question = UserReaders.Path(Node($$"""{"start": "2026-03-02", "end": "2026-03-03", "from": {"event": "a", "filter": {"property": "country", "value": "DE"} }, "depth": 2, "direction": "{{direction}}"}"""), Context());
        var (_, links) = await new PathQueries(_tables.Store).OfAsync(1, question, default);

        Assert.Equal(expected, string.Join('|', links.Select(link => $"{link.Step} {link.From}>{link.To} {link.Count}")));
    }

    [Fact]
    public async Task An_experiment_counts_what_came_after_the_exposure_and_leaves_out_who_saw_several_variants()
    {
        await _tables.AddAsync(
            Saw("A", "03-02 10:00", "u1"), Bought("03-02 11:00", "u1", 1_000), Bought("03-02 12:00", "u1", 500), Bought("03-02 09:00", "u1", 9_999),
            Saw("A", "03-02 10:00", "u2"), Bought("03-20 10:00", "u2", 700),
            Saw("B", "03-02 10:00", "u3"), Bought("03-03 10:00", "u3", 2_000), Bought("03-03 10:00", "u3", 50) with { Currency = "USD" },
            Saw("A", "03-02 10:00", "u4"), Saw("B", "03-02 10:05", "u4"), Bought("03-02 11:00", "u4", 100),
            Saw("B", "04-01 10:00", "u5"), Bought("03-02 11:00", "u6", 100));

        var question = UserReaders.Experiment(
            Node("""{"start": "2026-03-01", "end": "2026-03-10", "exposure": "saw", "variant": "properties.variant", "goals": ["order_placed", {"event": "order_placed", "property": "revenue"}]}"""), Context());
        var (variants, mixed, conversion) = await new ExperimentQueries(_tables.Store).OfAsync(1, question, default);

        Assert.Equal(1, mixed);
        Assert.Equal([("A", 2L), ("B", 1L)], variants.Select(variant => (variant.Variant, variant.Users)));
        Assert.Equal([new(1, 2, 4, true), new(1, 1_500, 2_250_000, true)], variants[0].Goals);
        // 0.50 USD are 0.44 EUR at 1.1459.
        Assert.Equal([new(1, 2, 4, true), new(1, 2_044, 2_044 * 2_044, true)], variants[1].Goals);
        Assert.Equal("USD", Assert.Single(conversion!.Foreign).Currency);

        await _tables.AddAsync(Bought("03-03 10:00", "u3", 5) with { Currency = "GBP" });
        (variants, _, conversion) = await new ExperimentQueries(_tables.Store).OfAsync(1, question, default);
        Assert.Equal([true, true], variants[0].Goals.Select(goal => goal.IsKnown));
        Assert.Equal([true, false], variants[1].Goals.Select(goal => goal.IsKnown));
        Assert.Equal("GBP", Assert.Single(conversion!.Missing).Currency);
    }

    private static MadeEvent Did(string name, string time, string user = "u1") => new() { Name = name, Time = Utc("2026-" + time), User = user };

    private static MadeEvent Saw(string variant, string time, string user) => Did("saw", time, user) with { Properties = new Dictionary<string, string> { ["variant"] = variant } };

    private static MadeEvent Bought(string time, string user, long revenue) => Did("order_placed", time, user) with { Revenue = revenue, Units = 1, Currency = "EUR", Order = "o" + time };

    private static string Day(int period) => DateTime.UnixEpoch.AddDays(period).ToString("dd", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string> RetentionAsync(string json)
    {
        var question = UserReaders.Retention(Node($$"""{ "start": "2026-03-02", "end": "2026-03-06", {{json}} }"""), Context());
        var rows = await new RetentionQueries(_tables.Store).OfAsync(1, question, default);
        return string.Join(' ', rows.OrderBy(row => row.Cohort).ThenBy(row => row.After).Select(row =>
            $"{PeriodNumbers.StartOf(row.Cohort, question.Period, TimeZoneInfo.Utc):dd}+{row.After}={row.Users}"));
    }
}
