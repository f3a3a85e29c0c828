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

    private static long Number(JsonElement figures, string name) => figures.GetProperty(name).GetInt64();
}
