using System.Globalization;
using System.Text.Json;
using Analytics.Api.Live;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Amounts of other currencies in the replies. Tenant 2 reports EUR. For 1 EUR there are 1.25 USD and 200 JPY on Friday, 2021-05-07; nobody knows of GBP.</summary>
[Collection(ApiCollection.Name)]
public sealed class CurrencyTests(RunningApi api) : IAsyncLifetime
{
    private const string Period = "start=2021-05-07&end=2021-05-10";
    private const string History = "/api/v1/sellers/2/metrics/history?granularity=day&" + Period;

    public async Task InitializeAsync()
    {
        foreach (var table in (string[])["cells", "uniques", "product_cells", "stock_levels"])
        {
            await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE " + table);
        }

        await api.Services.GetRequiredService<CurrencyRates>().ImportAsync([new(new(2021, 5, 7), "USD", 1.25m), new(new(2021, 5, 7), "JPY", 200m)]);
        await SellAsync("2021-05-07 12:00:00", "EUR", 1_000);
        await SellAsync("2021-05-08 12:00:00", "USD", 500);
        await SellAsync("2021-05-09 12:00:00", "JPY", 300);
        await Eventually.HoldsAsync("the rates are known", async () => (await api.FiguresAsync(History)).GetProperty("rates").GetProperty("missing").GetArrayLength() == 0);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task History_converts_by_the_day_and_says_what_from()
    {
        var reply = await api.FiguresAsync(History);

        // 5.00 USD are 4.00 EUR and 300 JPY are 1.50 EUR, at the rates of Friday.
        Assert.Equal((15.50m, 1_550, 5.17m), (reply.GetProperty("totals").GetProperty("revenue").GetDecimal(), Minor(reply.GetProperty("totals")), reply.GetProperty("totals").GetProperty("aov").GetDecimal()));
        Assert.Equal([1_000, 400, 150], reply.GetProperty("points").EnumerateArray().Select(Minor));
        Assert.Equal("""{"from":["JPY","USD"],"missing":[]}""", reply.GetProperty("rates").GetRawText());
    }

    [Fact]
    public async Task A_figure_that_needs_a_missing_rate_is_null_and_the_reply_says_which_and_what_to_do()
    {
        await SellAsync("2021-05-08 13:00:00", "GBP", 100);

        var reply = await api.FiguresAsync(History + "&compare=previous_period");

        Assert.Equal(JsonValueKind.Null, reply.GetProperty("totals").GetProperty("revenue").ValueKind);
        Assert.Equal(JsonValueKind.Null, reply.GetProperty("totals").GetProperty("aov").ValueKind);
        Assert.Equal(JsonValueKind.Null, reply.GetProperty("compare").GetProperty("change").GetProperty("revenue").ValueKind);
        Assert.Equal(4, reply.GetProperty("totals").GetProperty("orders").GetInt32());
        Assert.Equal(["1000", "null", "150"], reply.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("revenue_minor").GetRawText()));
        Assert.Equal(
            "There is no rate for GBP on 2021-05-08: import it with `analytics rates import`.", Assert.Single(reply.GetProperty("rates").GetProperty("missing").EnumerateArray()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Metrics_traffic_and_products_convert_likewise()
    {
        var metrics = await api.FiguresAsync("/api/v1/metrics?app_id=2&name=revenue&granularity=day&" + Period);
        Assert.Equal(15.50m, metrics.GetProperty("groups")[0].GetProperty("series").GetProperty("revenue").GetProperty("total").GetDecimal());
        Assert.Equal(["JPY", "USD"], metrics.GetProperty("rates").GetProperty("from").EnumerateArray().Select(one => one.GetString()));

        var traffic = await api.FiguresAsync("/api/v1/sellers/2/traffic?" + Period);
        Assert.Equal(1_550, Minor(traffic.GetProperty("totals")));

        var products = await api.FiguresAsync("/api/v1/sellers/2/products/performance?" + Period);
        Assert.Equal((15.50m, 1.0, "A"), (products.GetProperty("revenue").GetDecimal(), products.GetProperty("products")[0].GetProperty("share").GetDouble(), products.GetProperty("products")[0].GetProperty("abc_class").GetString()));
    }

    [Fact]
    public async Task A_tenant_of_one_currency_hears_nothing_of_rates()
    {
        Assert.False((await api.FiguresAsync("/api/v1/sellers/1/metrics/history?granularity=day&" + Period)).TryGetProperty("rates", out _));
        Assert.False((await api.FiguresAsync("/api/v1/sellers/1/products/performance?" + Period)).TryGetProperty("rates", out _));
        Assert.False((await api.FiguresAsync("/api/v1/metrics?app_id=1&name=revenue&" + Period)).TryGetProperty("rates", out _));
    }

    [Fact]
    public async Task Tables_leave_an_unknown_amount_empty_and_the_report_is_drawn_all_the_same()
    {
        await SellAsync("2021-05-08 13:00:00", "GBP", 100);

        var history = await FileAsync("export.csv?report=history&granularity=day&" + Period);
        var products = await FileAsync("export.csv?report=products&" + Period);
        var report = await FileAsync("export.pdf?" + Period);

        Assert.Contains("2021-05-07,10,EUR,1,", history, StringComparison.Ordinal);
        Assert.Contains("2021-05-08,,EUR,2,", history, StringComparison.Ordinal);
        Assert.Contains("lamp,,,EUR,4,4,0,,,", products, StringComparison.Ordinal);
        Assert.StartsWith("%PDF-", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Realtime_is_answered_from_history_where_redis_would_add_up_several_currencies()
    {
        var currencies = api.Services.GetRequiredService<LiveCurrencies>();
        var yen = new Tenant(3, "3", "Three", "UTC", "JPY");
        Assert.False(await currencies.AreSeveralAsync(yen));

        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO cells (tenant, window, name, currency, ver, events, units, revenue, keep_until) "
            + $"VALUES (3, '{TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("yyyy-MM-dd HH:mm:00", CultureInfo.InvariantCulture)}', 'order_placed', 'EUR', 1, 1, 1, 500, '2100-01-01 00:00:00')");

        // Asked again when ten seconds have passed.
        await Eventually.HoldsAsync("the other currency is noticed", async () => await currencies.AreSeveralAsync(yen));
        var reply = await api.FiguresAsync("/api/v1/sellers/3/metrics/realtime");
        Assert.Equal(("clickhouse", false), (reply.GetProperty("source").GetString(), reply.GetProperty("stale").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, reply.GetProperty("revenue").ValueKind);
        Assert.Equal("JPY", reply.GetProperty("rates").GetProperty("missing")[0].GetProperty("currency").GetString());
    }

    private static int Minor(JsonElement figures) => figures.GetProperty("revenue_minor").GetInt32();

    private async Task<string> FileAsync(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{api.Url}/api/v1/sellers/2/{address}");
        request.Headers.Authorization = new("Bearer", api.ReadKey);
        using var reply = await api.Http.SendAsync(request);
        return await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private async Task SellAsync(string window, string currency, long revenue)
    {
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO cells (tenant, window, name, currency, source, ver, events, units, revenue, keep_until) "
            + string.Create(CultureInfo.InvariantCulture, $"VALUES (2, '{window}', 'order_placed', '{currency}', 'direct', 1, 1, 1, {revenue}, '2100-01-01 00:00:00')"));
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO product_cells (tenant, window, product_id, name, currency, ver, events, units, revenue, keep_until) "
            + string.Create(CultureInfo.InvariantCulture, $"VALUES (2, '{window}', 'lamp', 'order_placed', '{currency}', 1, 1, 1, {revenue}, '2100-01-01 00:00:00')"));
    }
}
