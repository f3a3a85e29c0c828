using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class TrafficEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Path = "/api/v1/sellers/3/traffic?start=2022-05-01&end=2022-05-02";

    public async Task InitializeAsync()
    {
        foreach (var table in (string[])["cells", "uniques", "session_cells"])
        {
            await api.ClickHouse.ExecuteAsync($"TRUNCATE TABLE {table}");
        }

        // May 1: users 1 to 4, of whom 3 came by two channels; April 30: users 1 and 9. Tenant 9 is somebody else's.
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO cells SELECT tenant, toDateTime(window, 'UTC'), name, country, device, source, currency, bot, 1, 0, 0, 9, events, 0, revenue, 0, toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM values('tenant UInt64, window String, name String, country String, device String, source String, currency String, bot UInt8, events Int64, revenue Int64',
                (3, '2022-05-01 08:00:00', 'page_view', 'JP', 'mobile', 'search', '', 0, 6, 0), (3, '2022-05-01 08:00:00', 'product_view', 'JP', 'mobile', 'search', '', 0, 2, 0),
                (3, '2022-05-01 09:00:00', 'page_view', '', 'desktop', 'email', '', 0, 2, 0), (3, '2022-05-01 09:00:00', 'order_placed', 'JP', 'mobile', 'search', 'JPY', 0, 1, 900),
                (3, '2022-05-01 09:30:00', 'order_placed', 'JP', 'mobile', 'search', 'JPY', 0, 1, 0), (3, '2022-05-01 10:00:00', 'page_view', 'US', 'desktop', 'direct', '', 1, 50, 0),
                (3, '2022-04-30 08:00:00', 'page_view', 'JP', 'mobile', 'search', '', 0, 4, 0), (9, '2022-05-01 08:00:00', 'page_view', 'JP', 'mobile', 'search', '', 0, 99, 0))
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO uniques SELECT tenant, toDateTime(window, 'UTC'), name, country, device, source, bot,
                arrayReduce('uniqCombined64State(17)', users), arrayReduce('uniqCombined64State(17)', emptyArrayUInt64()), toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM values('tenant UInt64, window String, name String, country String, device String, source String, bot UInt8, users Array(UInt64)',
                (3, '2022-05-01 08:00:00', 'page_view', 'JP', 'mobile', 'search', 0, [1, 2, 3]), (3, '2022-05-01 09:00:00', 'order_placed', 'JP', 'mobile', 'search', 0, [1, 2]),
                (3, '2022-05-01 09:00:00', 'page_view', '', 'desktop', 'email', 0, [3, 4]), (3, '2022-05-01 09:00:00', 'stock_level', '', '', '', 0, [0]),
                (3, '2022-05-01 10:00:00', 'page_view', 'US', 'desktop', 'direct', 1, [666]),
                (3, '2022-04-30 08:00:00', 'page_view', 'JP', 'mobile', 'search', 0, [1, 9]), (9, '2022-05-01 08:00:00', 'page_view', 'JP', 'mobile', 'search', 0, [77, 78, 79]))
            """);
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO session_cells (tenant, window, user, session, epoch, chunk, ver, first_at, last_at, events, page_views, is_bot, source, keep_until)
            SELECT tenant, toStartOfInterval(toDateTime(first, 'UTC'), INTERVAL 30 MINUTE), user, 0, 1, 0, 9, toDateTime64(first, 3, 'UTC'), toDateTime64(last, 3, 'UTC'), events, events, 0, source, toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM values('tenant UInt64, user UInt64, first String, last String, events Int64, source String',
                (3, 1, '2022-05-01 08:00:00', '2022-05-01 08:02:00', 3, 'search'), (3, 2, '2022-05-01 08:00:00', '2022-05-01 08:00:00', 1, 'search'),
                (3, 3, '2022-05-01 08:00:00', '2022-05-01 08:01:00', 2, 'email'), (3, 1, '2022-04-30 08:00:00', '2022-04-30 08:00:00', 1, 'search'),
                (9, 5, '2022-05-01 08:00:00', '2022-05-01 08:20:00', 9, 'search'))
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Conversion_is_orders_over_unique_visitors_and_both_are_told()
    {
        var totals = (await api.FiguresAsync(Path + "&bots=exclude")).GetProperty("totals");

        Assert.Equal((10, 8, 2, 4), (Number(totals, "views"), Number(totals, "page_views"), Number(totals, "product_views"), Number(totals, "visitors")));
        Assert.Equal("""{"rate":0.5,"orders":2,"visitors":4}""", totals.GetProperty("conversion").GetRawText());
        Assert.Equal(900, Number(totals, "revenue_minor"));
    }

    [Fact]
    public async Task Traffic_is_told_by_channel_country_and_device_and_visitors_are_never_summed()
    {
        var reply = await api.FiguresAsync(Path + "&bots=exclude");

        Assert.Equal([("search", 3, 8), ("email", 2, 2)], Parts(reply, "sources"));
        Assert.Equal([("JP", 3, 8), (null, 2, 2)], Parts(reply, "countries"));
        Assert.Equal([("mobile", 3, 8), ("desktop", 2, 2)], Parts(reply, "devices"));
        Assert.Equal([0.75, 0.5], reply.GetProperty("sources").EnumerateArray().Select(part => part.GetProperty("share").GetDouble()));
    }

    [Fact]
    public async Task Bounce_and_duration_are_those_of_the_sessions_that_began_in_the_period()
    {
        var reply = await api.FiguresAsync(Path);

        // Three sessions of 120, 0 and 60 seconds; one of a single event.
        Assert.Equal("""{"sessions":3,"bounce_rate":0.333333,"engaged_rate":0.666667,"pages_per_session":2,"mean_seconds":60}""", reply.GetProperty("totals").GetProperty("sessions").GetRawText());
        Assert.Equal(0.5, Part(reply, "sources", "search").GetProperty("sessions").GetProperty("bounce_rate").GetDouble());
        Assert.False(Part(reply, "countries", "JP").TryGetProperty("sessions", out _));
    }

    [Fact]
    public async Task A_comparison_tells_the_other_period_and_the_change()
    {
        var reply = await api.FiguresAsync(Path + "&bots=exclude&compare=previous_period");
        var compare = reply.GetProperty("compare");

        Assert.Equal(("previous_period", "2022-04-30T00:00:00Z"), (compare.GetProperty("mode").GetString(), compare.GetProperty("start").GetString()));
        Assert.Equal((1.5, 1.0), (compare.GetProperty("change").GetProperty("views").GetDouble(), compare.GetProperty("change").GetProperty("visitors").GetDouble()));
        Assert.Equal(JsonValueKind.Null, compare.GetProperty("change").GetProperty("orders").ValueKind);
        Assert.Equal(0.5, Part(reply, "sources", "search").GetProperty("visitors_change").GetDouble());
        Assert.Equal(JsonValueKind.Null, Part(reply, "sources", "email").GetProperty("visitors_change").ValueKind);
    }

    [Fact]
    public async Task Bots_are_counted_unless_they_are_excluded()
    {
        var reply = await api.FiguresAsync(Path);

        Assert.Equal((60, 5), (Number(reply.GetProperty("totals"), "views"), Number(reply.GetProperty("totals"), "visitors")));
    }

    [Fact]
    public async Task Where_nothing_was_viewed_the_conversion_is_unknown()
    {
        var reply = await api.FiguresAsync("/api/v1/sellers/3/traffic?start=2021-05-01&end=2021-05-02");

        Assert.Equal("""{"rate":null,"orders":0,"visitors":0}""", reply.GetProperty("totals").GetProperty("conversion").GetRawText());
        Assert.Empty(reply.GetProperty("sources").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, reply.GetProperty("totals").GetProperty("sessions").GetProperty("bounce_rate").ValueKind);
    }

    [Theory]
    [InlineData("compare=yesterday", 400)]
    [InlineData("period=2d", 400)]
    [InlineData("bots=maybe", 400)]
    public async Task A_parameter_that_cannot_be_used_is_told(string query, int status) =>
        Assert.Equal(status, (int)(await api.GetAsync("/api/v1/sellers/3/traffic?" + query, api.ReadKey)).Reply.StatusCode);

    private static IEnumerable<(string? Value, int Visitors, int Views)> Parts(JsonElement reply, string name) =>
        reply.GetProperty(name).EnumerateArray().Select(part => (part.GetProperty("value").GetString(), (int)Number(part, "visitors"), (int)Number(part, "views")));

    private static JsonElement Part(JsonElement reply, string name, string value) => reply.GetProperty(name).EnumerateArray().Single(part => part.GetProperty("value").GetString() == value);

    private static long Number(JsonElement figures, string name) => figures.GetProperty(name).GetInt64();
}
