using System.Globalization;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>The rule of docs/SEMANTICS.md about periods that still run, at every endpoint that compares.</summary>
[Collection(ApiCollection.Name)]
public sealed class ComparisonTests(RunningApi api) : IAsyncLifetime
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(6);
    private static readonly TimeSpan Elapsed = TimeSpan.FromHours(3);

    public async Task InitializeAsync()
    {
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE cells");
        await api.ClickHouse.ExecuteAsync("TRUNCATE TABLE product_cells");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("/api/v1/metrics?app_id=3&name=revenue&granularity=hour&", "groups.0.series.revenue.total", "groups.0.series.revenue.compared.total")]
    [InlineData("/api/v1/sellers/3/metrics/history?granularity=hour&", "totals.revenue", "compare.totals.revenue")]
    [InlineData("/api/v1/sellers/3/traffic?", "totals.revenue", "compare.totals.revenue")]
    [InlineData("/api/v1/sellers/3/products/performance?", "products.0.revenue", "products.0.trend.revenue_before")]
    public async Task A_running_period_is_compared_like_for_like_to_the_same_elapsed_time(string path, string figure, string compared)
    {
        var now = TimeProvider.System.GetUtcNow();
        // The period before had sold for 200 by the same time, and for another 7,000 in the rest of it.
        await SoldAsync(now.AddMinutes(-30), 500);
        await SoldAsync(now.AddMinutes(-30) - Period, 200);
        await SoldAsync(now.AddMinutes(30) - Period, 7_000);

        var reply = await api.FiguresAsync($"{path}start={Text(now - Elapsed)}&end={Text(now - Elapsed + Period)}&compare=previous_period");

        Assert.Equal((500, 200), (Number(reply, figure), Number(reply, compared)));
    }

    // Amounts of yen, which have no decimals; in the cells of the seller and in those of a product.
    private async Task SoldAsync(DateTimeOffset at, long revenue)
    {
        var parameters = new Dictionary<string, object?> { ["window"] = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero), ["revenue"] = revenue };
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO cells (tenant, window, name, currency, ver, events, units, revenue, keep_until) "
            + "SELECT 3, {window:DateTime('UTC')}, 'order_placed', 'JPY', 1, 1, 1, {revenue:Int64}, toDateTime('2100-01-01 00:00:00', 'UTC')",
            parameters);
        await api.ClickHouse.ExecuteAsync(
            "INSERT INTO product_cells (tenant, window, product_id, name, currency, ver, events, units, revenue, keep_until) "
            + "SELECT 3, {window:DateTime('UTC')}, 'tea', 'order_placed', 'JPY', 1, 1, 1, {revenue:Int64}, toDateTime('2100-01-01 00:00:00', 'UTC')",
            parameters);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static long Number(JsonElement reply, string path) => path.Split('.')
        .Aggregate(reply, (at, name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? at[index] : at.GetProperty(name)).GetInt64();
}
