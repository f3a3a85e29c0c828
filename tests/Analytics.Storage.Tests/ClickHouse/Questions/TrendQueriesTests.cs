using Analytics.Core.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

public sealed class TrendQueriesTests : IAsyncLifetime
{
    private const string March = "\"start\": \"2026-03-01\", \"end\": \"2026-03-04\", \"granularity\": \"day\"";
    private QuestionTables _tables = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        await _tables.AddAsync(
            View("2026-03-01 10:00", "u1", "DE", 10),
            View("2026-03-01 10:00", "u1", "DE", 20),
            View("2026-03-01 23:30", "u2", "AT", 30),
            View("2026-03-02 09:00", "u1", "DE", 40),
            View("2026-03-02 09:01", "u3", "FR", 50) with { IsBot = true },
            View("2026-03-03 09:00", "u4", "CH", 60),
            new() { Name = "page_view", Time = Utc("2026-03-01 10:00"), User = "stranger", Tenant = 2 },
            new() { Name = "stock_level", Time = Utc("2026-03-01 10:00"), User = "" },
            Order("2026-03-01 12:00", "u1", 1_000, 1, "p1"),
            Order("2026-03-02 12:00", "u2", 3_000, 3, "p2"),
            Order("2026-03-02 13:00", "u2", 9_999, 1, "p1") with { Currency = "USD" });
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Fact]
    public async Task Events_are_counted_day_by_day_and_days_without_events_are_there()
    {
        var figures = await _tables.TrendAsync("{\"start\": \"2026-02-28\", \"end\": \"2026-03-04\", \"metrics\": [\"page_views\"], \"granularity\": \"day\"}");

        Assert.Equal(["cells"], figures.Sources);
        Assert.Equal([0.0, 3, 2, 1], Assert.Single(figures.Groups).Points[0]);
        Assert.Equal(6, figures.Groups[0].Totals[0]);
    }

    [Fact]
    public async Task Points_of_five_seconds_are_counted_from_the_events_themselves()
    {
        await _tables.AddAsync(View("2026-04-01 10:00:04.999", "u1", "DE", 1), View("2026-04-01 10:00:05", "u1", "DE", 1), View("2026-04-01 10:00:09", "u2", "DE", 1));

        var figures = await _tables.TrendAsync(
            """{"start": "2026-04-01T10:00:00Z", "end": "2026-04-01T10:01:00Z", "granularity": "5s", "metrics": ["page_views", "visitors"]}""");

        Assert.Equal(["events"], figures.Sources);
        Assert.Equal(12, figures.Starts.Count);
        Assert.Equal([1.0, 2, 0], figures.Groups[0].Points[0].Take(3));
        Assert.Equal([1.0, 2, 0], figures.Groups[0].Points[1].Take(3));
        Assert.Equal([3.0, 2], figures.Groups[0].Totals);
    }

    [Theory]
    [InlineData("monday", "2026-02-23", 4, "2026-03-02", 5)]
    [InlineData("sunday", "2026-03-01", 9, "2026-03-08", 0)]
    public async Task Weeks_start_on_monday_unless_set_to_sunday(string day, string first, double events, string second, double then)
    {
        var figures = await _tables.TrendAsync($$"""{"start": "2026-03-01", "end": "2026-03-09", "granularity": "week", "week_start": "{{day}}", "metrics": ["events"]}""");

        Assert.Equal([Utc(first), Utc(second)], figures.Starts.Take(2));
        Assert.Equal([events, then], figures.Groups[0].Points[0].Take(2).Select(value => value!.Value));
    }

    [Fact]
    public async Task Quarters_are_those_of_the_year()
    {
        var figures = await _tables.TrendAsync("""{"start": "2025-12-01", "end": "2026-06-01", "granularity": "quarter", "metrics": ["page_views"]}""");

        Assert.Equal([Utc("2025-10-01"), Utc("2026-01-01"), Utc("2026-04-01")], figures.Starts);
        Assert.Equal([0.0, 6, 0], figures.Groups[0].Points[0]);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    public async Task Users_of_a_range_are_a_union_not_a_sum(string source)
    {
        var group = Assert.Single((await _tables.TrendAsync($"{{{March}, \"metrics\": [\"visitors\"], \"source\": \"{source}\"}}")).Groups);

        Assert.Equal([2.0, 3, 1], group.Points[0]);
        Assert.Equal(4, group.Totals[0]);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    public async Task A_stock_level_is_nobodys_event(string source) =>
        Assert.Equal(9, Assert.Single((await _tables.TrendAsync($"{{{March}, \"metrics\": [\"events\"], \"source\": \"{source}\"}}")).Groups).Totals[0]);

    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    public async Task Amounts_in_another_currency_are_converted_and_their_orders_count(string source)
    {
        var group = Assert.Single((await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\", \"orders\", \"units\", \"aov\"], \"source\": \"{source}\"}}")).Groups);

        // 99.99 USD are 88.31 EUR on that Monday.
        Assert.Equal([12_831.0, 3, 5, 12_831, 3], group.Totals);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    public async Task Bots_can_be_left_out(string source) =>
        Assert.Equal(5, Assert.Single((await _tables.TrendAsync($"{{{March}, \"metrics\": [\"page_views\"], \"bots\": \"exclude\", \"source\": \"{source}\"}}")).Groups).Totals[0]);

    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    public async Task Groups_beyond_the_limit_are_one_group_of_others_whose_users_are_a_union(string source)
    {
        var figures = await _tables.TrendAsync(
            $"{{{March}, \"metrics\": [\"page_views\", \"visitors\"], \"breakdown\": [\"country\"], \"limit\": 1, \"source\": \"{source}\"}}");

        Assert.Equal(2, figures.Groups.Count);
        Assert.Equal(["DE"], figures.Groups[0].Labels);
        Assert.Equal((3.0, 2.0), (figures.Groups[0].Totals[0], figures.Groups[0].Totals[1]));
        Assert.Null(figures.Groups[1].Labels);
        Assert.Equal([1.0, 1, 1], figures.Groups[1].Points[0]);
        Assert.Equal((3.0, 3.0), (figures.Groups[1].Totals[0], figures.Groups[1].Totals[1]));
    }

    [Fact]
    public async Task Three_properties_tell_groups_apart()
    {
        var figures = await _tables.TrendAsync(
            $"{{{March}, \"metrics\": [{{\"event\": \"page_view\"}}], \"breakdown\": [\"country\", \"device\", \"properties.plan\"], \"limit\": 100}}");

        Assert.Equal(["events"], figures.Sources);
        Assert.Contains(figures.Groups, group => group.Labels!.SequenceEqual(["DE", "mobile", "basic"]) && group.Totals[0] == 3);
    }

    [Fact]
    public async Task Means_extremes_and_percentiles_are_of_the_values_and_unknown_without_any()
    {
        var figures = await _tables.TrendAsync(
            $$"""
            { {{March}}, "end": "2026-03-05", "metrics": [
                { "name": "mean", "event": "page_view", "measure": "average", "property": "properties.ms" },
                { "name": "least", "event": "page_view", "measure": "min", "property": "properties.ms" },
                { "name": "most", "event": "page_view", "measure": "max", "property": "properties.ms" },
                { "name": "median", "event": "page_view", "measure": "median", "property": "properties.ms" },
                { "name": "p90", "event": "page_view", "measure": "p90", "property": "properties.ms" },
                { "name": "sum", "event": "page_view", "measure": "sum", "property": "properties.ms" },
                { "name": "per_user", "event": "page_view", "measure": "per_user" } ] }
            """.Replace(", \"end\": \"2026-03-04\"", "", StringComparison.Ordinal));

        Assert.Equal([35.0, 10, 60, 35, 55, 210, 1.5], Assert.Single(figures.Groups).Totals.Select(value => Math.Round(value!.Value, 9)));
        Assert.Equal([null, null, null, null, null, 0, null], figures.Groups[0].Points.Select(points => points[3]));
    }

    [Fact]
    public async Task Products_are_told_apart_by_the_lines_of_orders()
    {
        var figures = await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\", \"units\"], \"breakdown\": [\"product_id\"]}}");

        Assert.Equal(["order_lines"], figures.Sources);
        // 10.00 EUR, and 99.99 USD at 1.1322.
        Assert.Equal([("p1", 9_831.0, 2.0), ("p2", 3_000.0, 3.0)], figures.Groups.Select(group => (group.Labels![0], group.Totals[0]!.Value, group.Totals[1]!.Value)));
    }

    [Theory]
    [InlineData("""{"property": "country", "op": "=", "value": "DE"}""", 3)]
    [InlineData("""{"property": "country", "op": "!=", "value": "DE"}""", 3)]
    [InlineData("""{"property": "country", "op": "in", "value": ["AT", "CH", "it's \\ not"]}""", 2)]
    [InlineData("""{"property": "country", "op": "contains", "value": "e"}""", 3)]
    [InlineData("""{"property": "country", "op": "not_contains", "value": ["e", "F"]}""", 2)]
    [InlineData("""{"property": "country", "op": "regex", "value": "^(AT|CH)$"}""", 2)]
    [InlineData("""{"property": "campaign", "op": "set"}""", 0)]
    [InlineData("""{"property": "campaign", "op": "not_set"}""", 6)]
    [InlineData("""{"property": "properties.ms", "op": ">", "value": 30}""", 3)]
    [InlineData("""{"property": "properties.ms", "op": "<=", "value": 30}""", 3)]
    [InlineData("""{"property": "properties.ms", "op": "between", "value": [20, 40]}""", 3)]
    [InlineData("""{"property": "properties.ms", "op": "set"}""", 6)]
    [InlineData("""{"property": "properties.none", "op": "set"}""", 0)]
    [InlineData("""{"property": "properties.none", "op": "!=", "value": "x"}""", 6)]
    [InlineData("""{"property": "properties.plan", "op": ">", "value": 1}""", 0)]
    [InlineData("""{"property": "event_time", "op": ">=", "value": "2026-03-02T09:01:00Z"}""", 2)]
    [InlineData("""{"property": "is_bot", "value": true}""", 1)]
    [InlineData("""{"any": [{"property": "country", "value": "AT"}, {"all": [{"property": "country", "value": "DE"}, {"property": "properties.ms", "op": ">", "value": 15}]}]}""", 3)]
    [InlineData("""[{"property": "country", "value": "DE"}, {"property": "user_id", "value": "u1"}]""", 3)]
    [InlineData("""{"any": []}""", 0)]
    [InlineData("""{"all": []}""", 6)]
    public async Task Filters_keep_the_events_that_they_say(string filter, double views) =>
        Assert.Equal(views, Assert.Single((await _tables.TrendAsync($"{{{March}, \"metrics\": [{{\"event\": \"page_view\"}}], \"filter\": {filter}}}")).Groups).Totals[0]);

    [Fact]
    public async Task Days_are_those_of_the_zone_that_is_asked_for()
    {
        var group = Assert.Single((await _tables.TrendAsync($"{{{March}, \"time_zone\": \"Europe/Berlin\", \"metrics\": [\"page_views\"]}}")).Groups);

        Assert.Equal([2.0, 3, 1], group.Points[0]);
    }

    [Fact]
    public async Task A_pattern_that_cannot_be_understood_is_refused_with_its_reason()
    {
        var refused = await Assert.ThrowsAsync<Analytics.Storage.ClickHouse.Questions.QuestionRefusedException>(() =>
            _tables.TrendAsync($"{{{March}, \"metrics\": [\"page_views\"], \"filter\": {{\"property\": \"country\", \"op\": \"regex\", \"value\": \"(\"}}}}"));

        Assert.Equal("pattern", refused.Reason);
    }

    [Fact]
    public async Task A_question_that_reads_too_much_is_refused()
    {
        var store = new Analytics.Storage.ClickHouse.Questions.QuestionStore(_tables.Client, new() { MaxRowsToRead = 2 });
        var question = TrendReader.Read(Node($"{{{March}, \"metrics\": [\"page_views\"]}}"), Context());

        var refused = await Assert.ThrowsAsync<Analytics.Storage.ClickHouse.Questions.QuestionRefusedException>(() =>
            new Analytics.Storage.ClickHouse.Questions.TrendQueries(store, new(_tables.Client, TimeProvider.System)).OfAsync(1, question, question.Scope.Range, question.Scope.Range, default));

        Assert.Equal("too-much", refused.Reason);
    }

    private static MadeEvent View(string time, string user, string country, int milliseconds) => new()
    {
        Name = "page_view",
        Time = Utc(time),
        User = user,
        Country = country,
        Properties = new Dictionary<string, string> { ["ms"] = milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture), ["plan"] = "basic" },
    };

    private static MadeEvent Order(string time, string user, long revenue, long units, string product) => new()
    {
        Name = "order_placed",
        Time = Utc(time),
        User = user,
        Revenue = revenue,
        Units = units,
        Product = product,
        Order = "o-" + time,
        Currency = "EUR",
    };
}
