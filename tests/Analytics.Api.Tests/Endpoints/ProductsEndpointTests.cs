using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class ProductsEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Path = "/api/v1/sellers/1/products/performance?start=2024-05-01&end=2024-05-02";

    public async Task InitializeAsync()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE product_cells");
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE stock_levels");
        await api.ClickHouse.ExecuteAsync(
            """
            INSERT INTO product_cells SELECT tenant, toDateTime(window, 'UTC'), product, name, currency, 1, 0, 0, ver, events, units, revenue, 0, toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM values('tenant UInt64, window String, product String, name String, currency String, ver Int64, events Int64, units Int64, revenue Int64',
                (1, '2024-05-01 08:00:00', 'chair', 'order_placed', 'USD', 9, 2, 3, 7500), (1, '2024-05-01 09:00:00', 'chair', 'product_view', '', 9, 10, 0, 0),
                (1, '2024-05-01 08:00:00', 'table', 'order_placed', 'USD', 9, 1, 1, 2500), (1, '2024-05-01 08:00:00', 'table', 'product_view', '', 9, 2, 0, 0),
                (1, '2024-05-01 08:00:00', 'chair', 'order_placed', 'USD', 3, 1, 1, 100), (1, '2024-05-01 08:00:00', 'lamp', 'page_view', '', 9, 40, 0, 0),
                (1, '2024-05-02 00:00:00', 'lamp', 'order_placed', 'USD', 9, 9, 9, 99999), (2, '2024-05-01 08:00:00', 'sofa', 'order_placed', 'EUR', 9, 9, 9, 99999))
            """);
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, title, keep_until) VALUES "
            + "(1, 'chair', '2024-04-01 00:00:00', generateUUIDv4(), 5, 'Old chair', '2100-01-01 00:00:00'), (1, 'chair', '2024-04-02 00:00:00', generateUUIDv4(), 5, 'Chair', '2100-01-01 00:00:00')");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Products_are_told_with_their_share_and_title()
    {
        var reply = await api.FiguresAsync(Path);
        var products = reply.GetProperty("products").EnumerateArray().ToList();

        Assert.Equal(["chair", "table", "lamp"], products.Select(product => product.GetProperty("product_id").GetString()));
        Assert.Equal((75.00m, 3, 2, 10), (products[0].GetProperty("revenue").GetDecimal(), Number(products[0], "units"), Number(products[0], "orders"), Number(products[0], "views")));
        Assert.Equal((0.75, 0.2, "Chair"), (products[0].GetProperty("share").GetDouble(), products[0].GetProperty("conversion_rate").GetDouble(), products[0].GetProperty("title").GetString()));
        Assert.Equal(JsonValueKind.Null, products[1].GetProperty("title").ValueKind);
    }

    [Theory]
    [InlineData("views", "lamp")]
    [InlineData("units", "chair")]
    [InlineData("orders", "chair")]
    [InlineData("conversion", "table")]
    public async Task The_best_by_any_order_comes_first_and_shares_are_of_all_products(string sort, string best)
    {
        var reply = await api.FiguresAsync($"{Path}&sort={sort}&limit=1");
        var product = Assert.Single(reply.GetProperty("products").EnumerateArray());

        Assert.Equal((best, 3), (product.GetProperty("product_id").GetString(), Number(reply, "product_count")));
        Assert.Equal(100.00m, reply.GetProperty("revenue").GetDecimal());
    }

    [Theory]
    [InlineData("sort=colour")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("period=2d")]
    public async Task A_parameter_that_cannot_be_used_is_told(string query) =>
        Assert.Equal(400, (int)(await api.GetAsync("/api/v1/sellers/1/products/performance?" + query, api.ReadKey)).Reply.StatusCode);

    [Fact]
    public async Task A_trend_is_the_change_against_the_previous_period_or_the_one_asked_for()
    {
        var before = await ProductAsync("start=2024-05-02&end=2024-05-03", "lamp");
        Assert.Equal("""{"revenue_before":0,"revenue_change":null,"units_before":0,"units_change":null}""", before.GetProperty("trend").GetRawText());

        // A chair sold for 75.00 on the first, and nothing on the second.
        var fallen = (await api.FiguresAsync("/api/v1/sellers/1/products/performance?start=2024-05-02&end=2024-05-03&sort=decline")).GetProperty("products");
        Assert.Equal(["chair", "table"], fallen.EnumerateArray().Select(product => product.GetProperty("product_id").GetString()));
        Assert.Equal("""{"revenue_before":75,"revenue_change":-1,"units_before":3,"units_change":-1}""", fallen[0].GetProperty("trend").GetRawText());

        var risen = await api.FiguresAsync("/api/v1/sellers/1/products/performance?start=2024-05-02&end=2024-05-03&sort=growth");
        Assert.Equal("lamp", Assert.Single(risen.GetProperty("products").EnumerateArray()).GetProperty("product_id").GetString());
        Assert.Equal("2024-05-01T00:00:00Z", risen.GetProperty("compare").GetProperty("start").GetString());
    }

    [Theory]
    [InlineData("products/performance?period=7d&sort=slow")]
    [InlineData("products/performance?period=today&compare=match_weekday")]
    [InlineData("products/performance?period=all")]
    [InlineData("traffic?period=7d&compare=previous_period")]
    [InlineData("products/performance?start=1971-01-02&end=2105-01-01")]
    [InlineData("traffic?start=1971-01-02&end=2105-01-01&compare=previous_period")]
    [InlineData("metrics/history?start=1971-01-02&end=2105-01-01&granularity=month&compare=previous_period")]
    [InlineData("inventory/forecast")]
    [InlineData("listings")]
    public async Task A_period_that_still_runs_has_an_answer_and_so_has_the_longest(string page) => Assert.False((await api.FiguresAsync("/api/v1/sellers/1/" + page)).GetProperty("stale").GetBoolean());

    [Fact]
    public async Task Classes_are_A_to_80_percent_of_the_revenue_B_to_95_and_C_after()
    {
        // 60 %, 25 %, 8 %, 4 %, 3 %, and one without revenue: what comes before them is 0, 60, 85, 93, 97 and 100 %.
        await SellAsync(3, ("a", 60), ("b", 25), ("c", 8), ("d", 4), ("e", 3), ("f", 0));
        var reply = await api.FiguresAsync("/api/v1/sellers/3/products/performance?start=2024-05-01&end=2024-05-02");

        Assert.Equal(["a A", "b A", "c B", "d B", "e C", "f C"], reply.GetProperty("products").EnumerateArray().Select(product => $"{product.GetProperty("product_id")} {product.GetProperty("abc_class")}"));
    }

    [Fact]
    public async Task Sell_through_is_sold_over_start_and_received()
    {
        // From 4 up to 10 (6 came), down to 5, up to 8 (3 came), down to 7; 6 sold.
        await StockAsync("vase", ("2024-04-30 00:00:00", 4), ("2024-05-01 01:00:00", 10), ("2024-05-01 02:00:00", 5), ("2024-05-01 03:00:00", 8), ("2024-05-01 04:00:00", 7), ("2024-05-02 00:00:00", 99));
        await SellAsync(1, ("vase", 6));

        Assert.Equal("""{"start":4,"received":9,"end":7,"sell_through":0.461538}""", (await ProductAsync("start=2024-05-01&end=2024-05-02", "vase")).GetProperty("stock").GetRawText());
    }

    [Fact]
    public async Task What_came_in_between_two_levels_is_found_by_the_balance()
    {
        // 10 at the start, 5 at the end, 30 sold: 25 came, though no level ever rose.
        await StockAsync("vase", ("2024-05-01 00:00:00", 10), ("2024-05-01 20:00:00", 5));
        await SellAsync(1, ("vase", 30));

        Assert.Equal("""{"start":10,"received":25,"end":5,"sell_through":0.857143}""", (await ProductAsync("start=2024-05-01&end=2024-05-02", "vase")).GetProperty("stock").GetRawText());
    }

    [Fact]
    public async Task Without_a_stock_level_the_stock_is_unknown() =>
        Assert.Equal(JsonValueKind.Null, (await ProductAsync("start=2024-05-01&end=2024-05-02", "table")).GetProperty("stock").ValueKind);

    [Fact]
    public async Task Slow_movers_are_in_stock_and_the_least_part_of_it_is_sold()
    {
        await StockAsync("vase", ("2024-04-30 00:00:00", 40));
        await StockAsync("bowl", ("2024-04-30 00:00:00", 50));
        await StockAsync("gone", ("2024-04-30 00:00:00", 0));
        await SellAsync(1, ("chair", 1), ("vase", 0));
        var reply = await api.FiguresAsync(Path + "&sort=slow");

        // Chairs: three sold and five left. Bowls had no event at all.
        Assert.Equal(["bowl", "vase", "chair"], reply.GetProperty("products").EnumerateArray().Select(product => product.GetProperty("product_id").GetString()));
        Assert.Equal(3, Number(reply, "product_count"));
    }

    private async Task<JsonElement> ProductAsync(string query, string product) =>
        (await api.FiguresAsync("/api/v1/sellers/1/products/performance?" + query)).GetProperty("products").EnumerateArray().Single(one => one.GetProperty("product_id").GetString() == product);

    // Pieces at 1.00 each (JPY: 100) on 1 May 2024, and a view.
    private async Task SellAsync(long tenant, params (string Product, int Units)[] sold)
    {
        foreach (var (product, units) in sold)
        {
            await api.ClickHouse.ExecuteAsync(
                "INSERT INTO product_cells (tenant, window, product_id, name, currency, epoch, chunk, ver, events, units, revenue, keep_until) VALUES "
                + $"({tenant}, '2024-05-01 12:00:00', '{product}', 'order_placed', '{(tenant == 3 ? "JPY" : "USD")}', 1, 50, 1, 1, {units}, {units * 100}, '2100-01-01 00:00:00'), "
                + $"({tenant}, '2024-05-01 12:00:00', '{product}', 'product_view', '', 1, 50, 1, 1, 0, 0, '2100-01-01 00:00:00')");
        }
    }

    private async Task StockAsync(string product, params (string At, int Stock)[] levels)
    {
        foreach (var (at, stock) in levels)
        {
            await api.ClickHouse.ExecuteAsync($"INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, keep_until) VALUES (1, '{product}', '{at}', generateUUIDv4(), {stock}, '2100-01-01 00:00:00')");
        }
    }

    private static long Number(JsonElement figures, string name) => figures.GetProperty(name).GetInt64();
}
