using System.Net;
using System.Text.Json;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class HistoryEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Berlin = "/api/v1/sellers/2/metrics/history";

    // Berlin's 26 March 2023 has 23 hours: 23:00Z to 22:00Z.
    public async Task InitializeAsync()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE cells");
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE uniques");
        await CellAsync(2, "2023-03-25 22:59:00", "order_placed", 1, 2, 1_000, 100);
        await CellAsync(2, "2023-03-25 23:00:00", "order_placed", 2, 3, 5_000, 0);
        await CellAsync(2, "2023-03-26 21:59:00", "order_placed", 1, 1, 700, 0);
        await CellAsync(2, "2023-03-26 22:00:00", "order_placed", 4, 4, 9_999, 0);
        await CellAsync(2, "2023-03-26 10:00:00", "page_view", 30);
        await CellAsync(2, "2023-03-26 10:01:00", "page_view", 10, isBot: 1);
        await CellAsync(2, "2023-03-26 11:00:00", "order_refunded", 1, 1, 300);
        await CellAsync(2, "2023-03-26 11:00:00", "order_cancelled", 2, 2, 400);
        await CellAsync(2, "2023-03-26 12:00:00", "order_placed", 1, 1);
        // An older version of a row that is there, and another tenant's row.
        await CellAsync(2, "2023-03-25 23:00:00", "order_placed", 1, 1, 2_000, 0, ver: 1);
        await CellAsync(1, "2023-03-26 10:00:00", "order_placed", 77, 77, 77_777);
        await UsersAsync(2, "2023-03-26 10:00:00", "page_view", "[1,2,3,4,5,6,7,8]");
        await UsersAsync(2, "2023-03-26 11:00:00", "page_view", "[7,8,9,10]");
        await UsersAsync(2, "2023-03-25 23:00:00", "order_placed", "[1,2]");
        await UsersAsync(2, "2023-03-26 21:59:00", "order_placed", "[2]");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_day_is_cut_in_the_tenants_zone()
    {
        var reply = await api.FiguresAsync(Berlin + "?start=2023-03-26&end=2023-03-27&granularity=day");
        var totals = reply.GetProperty("totals");

        Assert.Equal("2023-03-25T23:00:00Z", reply.GetProperty("start").GetString());
        Assert.Equal("2023-03-26T22:00:00Z", reply.GetProperty("end").GetString());
        Assert.Equal((57.00m, 5_700), (totals.GetProperty("revenue").GetDecimal(), totals.GetProperty("revenue_minor").GetInt64()));
        Assert.Equal((4, 5), (Number(totals, "orders"), Number(totals, "units")));
        Assert.Equal((1, 2, 300), (Number(totals, "refunded_orders"), Number(totals, "cancelled_orders"), Number(totals, "refunds_minor")));
        Assert.Equal((40, 10, 2), (Number(totals, "page_views"), Number(totals, "visitors"), Number(totals, "customers")));
        Assert.Equal((14.25m, 0.4), (totals.GetProperty("aov").GetDecimal(), totals.GetProperty("conversion_rate").GetDouble()));
        Assert.Equal(JsonValueKind.Null, reply.GetProperty("approximate").ValueKind);
        var point = Assert.Single(reply.GetProperty("points").EnumerateArray());
        Assert.Equal(("2023-03-25T23:00:00Z", 5_700), (point.GetProperty("start").GetString(), Number(point, "revenue_minor")));
    }

    [Fact]
    public async Task Points_without_events_are_there_and_points_add_up_to_the_totals()
    {
        foreach (var (granularity, count) in ((string, int)[])[("hour", 23), ("minute", 23 * 60)])
        {
            var reply = await api.FiguresAsync(Berlin + "?start=2023-03-26&end=2023-03-27&granularity=" + granularity);
            var points = reply.GetProperty("points").EnumerateArray().ToList();

            Assert.Equal(count, points.Count);
            Assert.Equal(5_700, points.Sum(point => Number(point, "revenue_minor")));
            Assert.Equal(points.Select(point => point.GetProperty("start").GetString()).Order(StringComparer.Ordinal), points.Select(point => point.GetProperty("start").GetString()));
        }

        var days = await api.FiguresAsync(Berlin + "?start=2023-03-25&end=2023-03-28&granularity=day");
        Assert.Equal(
            [("2023-03-24T23:00:00Z", 1_000), ("2023-03-25T23:00:00Z", 5_700), ("2023-03-26T22:00:00Z", 9_999)],
            days.GetProperty("points").EnumerateArray().Select(point => (point.GetProperty("start").GetString(), (int)Number(point, "revenue_minor"))));
    }

    [Fact]
    public async Task Long_ranges_are_read_from_the_sums_of_hours_and_days_and_give_the_same_figures()
    {
        const string Asked = Berlin + "?start=2023-03-20&end=2023-04-03&granularity=week&compare=previous_period";
        var minutes = await api.FiguresAsync(Asked);
        await new RollUp(api.ClickHouse, TimeProvider.System).RunAsync(isWhole: true, default);
        try
        {
            // The API looks every 5 s.
            var rolled = await Eventually.ValueAsync("answered from days and hours", () => api.FiguresAsync(Asked), reply => reply.GetProperty("source").GetString() == "cells_1d+cells_1h");

            Assert.Equal("cells", minutes.GetProperty("source").GetString());
            Assert.Equal(minutes.GetProperty("totals").GetRawText(), rolled.GetProperty("totals").GetRawText());
            Assert.Equal(minutes.GetProperty("points").GetRawText(), rolled.GetProperty("points").GetRawText());
            Assert.Equal(16_699, Number(rolled.GetProperty("totals"), "revenue_minor"));
        }
        finally
        {
            foreach (var table in (string[])["cells_1h", "cells_1d", "uniques_1h", "uniques_1d", "rollups"])
            {
                await api.ClickHouse.ExecuteAsync($"TRUNCATE TABLE {table}");
            }

            await Eventually.HoldsAsync("answered from minutes again", async () => (await api.FiguresAsync(Asked)).GetProperty("source").GetString() == "cells");
        }
    }

    [Theory]
    [InlineData("monday", "2023-03-19T23:00:00Z", "2023-03-26T22:00:00Z")]
    [InlineData("sunday", "2023-03-18T23:00:00Z", "2023-03-25T23:00:00Z")]
    public async Task Weeks_start_on_monday_unless_set_to_sunday(string day, string first, string second)
    {
        var reply = await api.FiguresAsync($"{Berlin}?start=2023-03-25&end=2023-03-28&granularity=week&week_start={day}");

        Assert.Equal(("week", day), (reply.GetProperty("granularity").GetString(), reply.GetProperty("week_start").GetString()));
        Assert.Equal([first, second], reply.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("start").GetString()));
    }

    [Fact]
    public async Task Quarters_are_those_of_the_year()
    {
        var reply = await api.FiguresAsync(Berlin + "?start=2023-03-25&end=2023-04-02&granularity=quarter");

        Assert.Equal(["2022-12-31T23:00:00Z", "2023-03-31T22:00:00Z"], reply.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("start").GetString()));
    }

    [Fact]
    public async Task Every_answer_says_what_was_resent_rejected_and_revised_in_its_range()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE ledger");
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO ledger (topic, epoch, kafka_partition, chunk, read, duplicate, min_event_time, max_event_time, kafka_time, keep_until) VALUES
                ('clickstream-events', 1, 0, 0, 90, 4, '2023-03-26 08:00:00', '2023-03-26 09:00:00', '2023-03-26 08:00:00', '2100-01-01 00:00:00'),
                ('clickstream-events', 1, 0, 90, 10, 1, '2023-03-26 07:00:00', '2023-03-28 09:00:00', '2023-03-28 08:00:00', '2100-01-01 00:00:00'),
                ('clickstream-events', 1, 0, 100, 50, 50, '2023-03-28 07:00:00', '2023-03-28 09:00:00', '2023-03-28 09:00:00', '2100-01-01 00:00:00')
            """);
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO rejected (topic, epoch, kafka_partition, kafka_offset, kafka_time, tenant, reason, keep_until) VALUES "
            + "('a', 1, 0, 1, '2023-03-26 10:00:00', 2, 'x', '2100-01-01'), ('a', 1, 0, 2, '2023-03-26 10:00:00', 1, 'x', '2100-01-01'), ('a', 1, 0, 3, '2023-03-28 10:00:00', 2, 'x', '2100-01-01')");

        // A range of its own: what is said of one is kept for some seconds.
        var ledger = (await api.FiguresAsync(Berlin + "?start=2023-03-26&end=2023-03-26T21:00:00Z")).GetProperty("ledger");

        Assert.Equal("""{"duplicate_share":0.05,"rejected":1,"revision":1,"revised_at":"2023-03-28T08:00:00Z"}""", ledger.GetRawText());
    }

    [Fact]
    public async Task Bots_can_be_left_out()
    {
        var reply = await api.FiguresAsync(Berlin + "?start=2023-03-26&end=2023-03-27&bots=exclude");

        Assert.Equal(30, Number(reply.GetProperty("totals"), "page_views"));
    }

    [Fact]
    public async Task A_comparison_tells_the_change_and_null_from_nothing()
    {
        var reply = await api.FiguresAsync(Berlin + "?start=2023-03-26&end=2023-03-27&granularity=day&compare=previous_period");
        var compare = reply.GetProperty("compare");
        var change = compare.GetProperty("change");

        Assert.Equal(("2023-03-24T23:00:00Z", "2023-03-25T23:00:00Z"), (compare.GetProperty("start").GetString(), compare.GetProperty("end").GetString()));
        Assert.Equal(1_000, Number(compare.GetProperty("totals"), "revenue_minor"));
        Assert.Equal((4.7, 3.0), (change.GetProperty("revenue").GetDouble(), change.GetProperty("orders").GetDouble()));
        Assert.Equal(JsonValueKind.Null, change.GetProperty("page_views").ValueKind);
    }

    [Fact]
    public async Task Without_a_period_all_time_is_answered_by_the_month()
    {
        var reply = await api.FiguresAsync(Berlin + "?granularity=month");

        Assert.Equal(("2023-03-25T22:59:00Z", "2023-03-26T22:01:00Z"), (reply.GetProperty("start").GetString(), reply.GetProperty("end").GetString()));
        Assert.Equal(16_699, Number(reply.GetProperty("totals"), "revenue_minor"));
        Assert.Equal("2023-02-28T23:00:00Z", Assert.Single(reply.GetProperty("points").EnumerateArray()).GetProperty("start").GetString());
    }

    [Fact]
    public async Task A_tenant_without_events_has_zeros_and_unknown_ratios()
    {
        var totals = (await api.FiguresAsync("/api/v1/sellers/3/metrics/history?start=2023-03-26&end=2023-03-27")).GetProperty("totals");

        Assert.Equal((0, JsonValueKind.Null, JsonValueKind.Null), (Number(totals, "orders"), totals.GetProperty("aov").ValueKind, totals.GetProperty("conversion_rate").ValueKind));
    }

    [Fact]
    public async Task While_clickhouse_is_away_the_last_answer_is_given_as_stale_and_others_are_told_to_come_back()
    {
        const string Asked = Berlin + "?start=2023-03-26&end=2023-03-27&granularity=day";
        await api.FiguresAsync(Asked);
        await api.ClickHouseServer.StopAsync();
        try
        {
            var again = await Eventually.ValueAsync("the answer is stale", () => api.FiguresAsync(Asked), reply => reply.GetProperty("stale").GetBoolean());
            var (other, problem) = await api.GetAsync(Berlin + "?start=2023-03-01&end=2023-03-02", api.ReadKey);

            Assert.Equal(5_700, Number(again.GetProperty("totals"), "revenue_minor"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
            Assert.EndsWith("/history-unavailable", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
            Assert.Equal("redis", (await api.FiguresAsync("/api/v1/sellers/1/metrics/realtime")).GetProperty("source").GetString());
        }
        finally
        {
            await api.ClickHouseServer.RestartAsync();
        }

        Assert.False((await api.FiguresAsync(Asked)).GetProperty("stale").GetBoolean());
    }

    [Fact]
    public async Task Events_are_complete_through_the_slowest_partition_with_news()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE ledger");
        await LedgerAsync(partition: 0, "2023-03-26 10:00:00.000");
        await LedgerAsync(partition: 1, "2023-03-26 09:59:30.500");
        await LedgerAsync(partition: 2, "2023-03-26 04:00:00.000");

        await Eventually.ValueAsync(
            "complete through the slower of the two",
            () => api.FiguresAsync(Berlin + "?start=2023-03-26&end=2023-03-27&granularity=day"),
            reply => reply.GetProperty("complete_through").GetString() == "2023-03-26T09:59:30.5Z");
    }

    [Theory]
    [InlineData("start=26.03.2023", "start")]
    [InlineData("start=2023-03-26T10:00:00", "start")]
    [InlineData("start=2023-03-27&end=2023-03-26", "end")]
    [InlineData("granularity=fortnight", "granularity")]
    [InlineData("granularity=5s", "granularity")]
    [InlineData("granularity=week&week_start=friday", "week_start")]
    [InlineData("start=2020-01-01&end=2023-01-01&granularity=minute", "granularity")]
    [InlineData("compare=yesterday", "compare")]
    [InlineData("bots=maybe", "bots")]
    [InlineData("start=1960-01-01", "start")]
    public async Task A_parameter_that_cannot_be_used_is_named(string query, string parameter)
    {
        var (reply, body) = await api.GetAsync(Berlin + "?" + query, api.ReadKey);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.StartsWith("Expected", body.GetProperty("errors").GetProperty(parameter)[0].GetString(), StringComparison.Ordinal);
    }

    private static long Number(JsonElement figures, string name) => figures.GetProperty(name).GetInt64();

    private Task<ClickHouseSummary> CellAsync(
        long tenant, string window, string name, long events, long units = 0, long revenue = 0, long discount = 0, string? currency = null, int isBot = 0, long ver = 9) =>
        api.ClickHouse.ExecuteAsync(
            "INSERT INTO cells SELECT {tenant:UInt64}, {window:DateTime('UTC')}, {name:String}, 'DE', 'desktop', 'direct', {currency:String}, {bot:UInt8}, 1, 0, 0, "
            + "{ver:Int64}, {events:Int64}, {units:Int64}, {revenue:Int64}, {discount:Int64}, toDateTime('2100-01-01 00:00:00', 'UTC')",
            new Dictionary<string, object?>
            {
                ["tenant"] = tenant,
                ["window"] = window,
                ["name"] = name,
                ["currency"] = currency ?? (revenue == 0 ? "" : "EUR"),
                ["bot"] = isBot,
                ["ver"] = ver,
                ["events"] = events,
                ["units"] = units,
                ["revenue"] = revenue,
                ["discount"] = discount,
            });

    private Task<ClickHouseSummary> LedgerAsync(int partition, string latest) =>
        api.ClickHouse.ExecuteAsync(
            "INSERT INTO ledger (topic, epoch, kafka_partition, chunk, max_event_time, keep_until) "
            + "SELECT 'clickstream-events', 1, {partition:UInt32}, 0, {latest:DateTime64(3, 'UTC')}, toDateTime('2100-01-01 00:00:00', 'UTC')",
            new Dictionary<string, object?> { ["partition"] = partition, ["latest"] = latest });

    private Task<ClickHouseSummary> UsersAsync(long tenant, string window, string name, string users) =>
        api.ClickHouse.ExecuteAsync(
            "INSERT INTO uniques SELECT {tenant:UInt64}, {window:DateTime('UTC')}, {name:String}, 'DE', 'desktop', 'direct', 0, "
            + $"arrayReduce('uniqCombined64State(17)', {users}::Array(UInt64)), arrayReduce('uniqCombined64State(17)', []::Array(UInt64)), toDateTime('2100-01-01 00:00:00', 'UTC')",
            new Dictionary<string, object?> { ["tenant"] = tenant, ["window"] = window, ["name"] = name });
}
