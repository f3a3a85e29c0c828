using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class ForecastEndpointTests(RunningApi api) : IAsyncLifetime
{
    // Berlin, UTC+2: the local day begins at 22:00 UTC of the day before.
    private const string Path = "/api/v1/sellers/2/inventory/forecast?as_of=2024-06-15";
    private static readonly DateTime Today = new(2024, 6, 15);

    public async Task InitializeAsync()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE product_cells");
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE stock_levels");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Velocity_leaves_out_the_days_without_stock()
    {
        // In stock on the local days −14 to −11 and on −1: sold out on −11, refilled on −1. Three pieces on each of the five.
        await StockAsync(("chair", Today.AddDays(-20), 12), ("chair", Today.AddDays(-11).AddHours(12), 0), ("chair", Today.AddDays(-1).AddHours(1), 33), ("chair", Today.AddDays(-1).AddHours(5), 30));
        await SellAsync("chair", [-14, -13, -12, -11, -1], 3);
        var reply = await api.FiguresAsync(Path);
        var chair = Assert.Single(reply.GetProperty("products").EnumerateArray());

        Assert.Equal((30, 15, 5), (Number(chair, "stock"), Number(chair, "units_sold"), Number(chair, "days_in_stock")));
        Assert.Equal(3, chair.GetProperty("velocity").GetDouble());
    }

    [Fact]
    public async Task The_day_on_which_the_stock_is_sold_out_comes_with_its_interval()
    {
        await StockAsync(("chair", Today.AddDays(-60), 200), ("chair", Today.AddDays(-1), 39));
        await SellAsync("chair", [.. Enumerable.Range(-60, 60).Where(day => day % 2 == 0)], 2);
        await SellAsync("chair", [.. Enumerable.Range(-60, 60).Where(day => day % 2 != 0)], 4);
        var chair = (await api.FiguresAsync(Path)).GetProperty("products")[0];

        Assert.Equal(("velocity", 3, 13), (chair.GetProperty("method").GetString(), chair.GetProperty("daily_rate").GetDouble(), chair.GetProperty("days_until_stockout").GetDouble()));
        Assert.Equal(("2024-06-28", true), (chair.GetProperty("predicted_stockout_date").GetString(), chair.GetProperty("low_stock").GetBoolean()));
        Assert.Equal("""{"factor":1,"of":"none"}""", chair.GetProperty("seasonality").GetRawText());
        Assert.InRange(DateOnly.Parse(chair.GetProperty("earliest_stockout_date").GetString()!, CultureInfo.InvariantCulture), new(2024, 6, 23), new(2024, 6, 27));
        Assert.InRange(DateOnly.Parse(chair.GetProperty("latest_stockout_date").GetString()!, CultureInfo.InvariantCulture), new(2024, 6, 29), new(2024, 7, 5));
    }

    [Fact]
    public async Task A_year_ago_tells_the_season()
    {
        await StockAsync(("chair", Today.AddDays(-60), 30));
        await SellAsync("chair", [.. Enumerable.Range(-14, 14)], 2);
        await SellAsync("chair", [.. Enumerable.Range(-364 - 14, 14)], 2);
        await SellAsync("chair", [.. Enumerable.Range(-364, 14)], 3);
        var chair = (await api.FiguresAsync(Path)).GetProperty("products")[0];

        Assert.Equal("""{"factor":1.5,"of":"product"}""", chair.GetProperty("seasonality").GetRawText());
        Assert.Equal((2, 3, 10), (chair.GetProperty("velocity").GetDouble(), chair.GetProperty("daily_rate").GetDouble(), chair.GetProperty("days_until_stockout").GetDouble()));
    }

    [Fact]
    public async Task What_sells_now_and_then_is_told_as_such()
    {
        await StockAsync(("vase", Today.AddDays(-84), 9));
        await SellAsync("vase", [-80, -60, -40, -20], 1);
        var vase = (await api.FiguresAsync(Path)).GetProperty("products")[0];

        Assert.Equal(("tsb", 0), (vase.GetProperty("method").GetString(), vase.GetProperty("velocity").GetDouble()));
        Assert.True(vase.GetProperty("daily_rate").GetDouble() > 0);
    }

    [Fact]
    public async Task What_ends_soonest_comes_first_and_what_never_sells_last()
    {
        await StockAsync(("slow", Today.AddDays(-30), 500), ("fast", Today.AddDays(-30), 20), ("gone", Today.AddDays(-30), 0), ("dead", Today.AddDays(-30), 7));
        await SellAsync("slow", [.. Enumerable.Range(-30, 30)], 2);
        await SellAsync("fast", [.. Enumerable.Range(-30, 30)], 2);
        await SellAsync("unstocked", [-1], 2);
        var reply = await api.FiguresAsync(Path);

        Assert.Equal(["gone", "fast", "slow", "dead"], reply.GetProperty("products").EnumerateArray().Select(product => product.GetProperty("product_id").GetString()));
        Assert.Equal((4, 2, 1), (Number(reply, "product_count"), Number(reply, "low_stock_count"), Number(reply, "products_without_stock")));
        Assert.Equal(JsonValueKind.Null, reply.GetProperty("products")[3].GetProperty("predicted_stockout_date").ValueKind);
        Assert.Equal("none", reply.GetProperty("products")[3].GetProperty("method").GetString());
    }

    [Fact]
    public async Task Pages_give_every_product_once_in_the_order_of_the_whole_and_the_counts_of_all()
    {
        // Two that end on the same day, two that never end: by rate, then by id.
        await StockAsync(("slow", Today.AddDays(-30), 500), ("b", Today.AddDays(-30), 20), ("é", Today.AddDays(-30), 40), ("😀", Today.AddDays(-30), 7), ("dead", Today.AddDays(-30), 7));
        await SellAsync("slow", [.. Enumerable.Range(-30, 30)], 2);
        await SellAsync("b", [.. Enumerable.Range(-30, 30)], 2);
        await SellAsync("é", [.. Enumerable.Range(-30, 30)], 4);
        var (found, cursor) = (new List<string?>(), "");
        do
        {
            var page = await api.FiguresAsync($"{Path}&limit=2{cursor}");
            found.AddRange(page.GetProperty("products").EnumerateArray().Select(product => product.GetProperty("product_id").GetString()));
            Assert.Equal((5, 2), (Number(page, "product_count"), Number(page, "low_stock_count")));
            cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0 && found.Count < 10);

        Assert.Equal(["é", "b", "slow", "dead", "😀"], found);
    }

    [Fact]
    public async Task What_happens_from_the_day_on_is_not_looked_at()
    {
        await StockAsync(("chair", Today.AddDays(-30), 20), ("chair", Today.AddHours(1), 0));
        await SellAsync("chair", [.. Enumerable.Range(-14, 20)], 2);

        Assert.Equal((20, 28), (Number((await api.FiguresAsync(Path)).GetProperty("products")[0], "stock"), Number((await api.FiguresAsync(Path)).GetProperty("products")[0], "units_sold")));
    }

    [Fact]
    public async Task Somebody_elses_stock_is_not_seen()
    {
        await api.ClickHouse.ExecuteAsync("INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, keep_until) VALUES (9, 'sofa', '2024-06-01 00:00:00', generateUUIDv4(), 5, '2100-01-01 00:00:00')");

        Assert.Empty((await api.FiguresAsync(Path)).GetProperty("products").EnumerateArray());
        Assert.Equal(404, (int)(await api.GetAsync("/api/v1/sellers/9/inventory/forecast", api.ReadKey)).Reply.StatusCode);
    }

    [Theory]
    [InlineData("as_of=tomorrow")]
    [InlineData("as_of=2024-06-31")]
    [InlineData("limit=0")]
    [InlineData("cursor=x")]
    [InlineData("cursor=behind+the+last")]
    public async Task A_parameter_that_cannot_be_used_is_told(string query) =>
        Assert.Equal(400, (int)(await api.GetAsync("/api/v1/sellers/2/inventory/forecast?" + query, api.ReadKey)).Reply.StatusCode);

    // Times are Berlin's; in June and a year before it is UTC+2.
    private static string Utc(DateTime local) => local.AddHours(-2).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private async Task StockAsync(params (string Product, DateTime At, int Stock)[] levels) => await api.ClickHouse.ExecuteAsync(
        "INSERT INTO stock_levels (tenant, product_id, event_time, event_id, stock, keep_until) VALUES "
        + string.Join(", ", levels.Select(level => $"(2, '{level.Product}', '{Utc(level.At)}', generateUUIDv4(), {level.Stock}, '2100-01-01 00:00:00')")));

    // Just after the day began.
    private async Task SellAsync(string product, IEnumerable<int> days, int units) => await api.ClickHouse.InsertAsync(
        "INSERT INTO product_cells (tenant, window, product_id, name, currency, epoch, chunk, ver, events, units, revenue, keep_until) FORMAT TSV",
        Encoding.UTF8.GetBytes(string.Concat(days.Select(day => $"2\t{Utc(Today.AddDays(day).AddMinutes(1))}\t{product}\torder_placed\tEUR\t1\t0\t1\t1\t{units}\t{units * 100}\t2100-01-01 00:00:00\n"))));

    private static long Number(JsonElement figures, string name) => figures.GetProperty(name).GetInt64();
}
