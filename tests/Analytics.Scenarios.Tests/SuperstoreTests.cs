using System.Globalization;
using System.Text.Json;
using Analytics.Cli.Demo;
using Analytics.Testing;

namespace Analytics.Scenarios.Tests;

/// <summary>
/// Goal: the questions' answers are the file's figures, whichever table they come from. Method: the Superstore's orders go through Kafka, worker and stores; the API is asked,
/// and the same figures are counted here from the lines of the file, by code that shares none with the product.
/// </summary>
public sealed class SuperstoreTests(RunningStack stack) : IClassFixture<RunningStack>
{
    private const string Years = "\"start\": \"2014-01-01\", \"end\": \"2018-01-01\"";
    // The API looks every 5 s.
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(30);
    private static readonly string[] Categories = ["Furniture", "Office Supplies", "Technology"];

    [Fact]
    public async Task Answers_equal_a_recount_of_the_file()
    {
        var file = SuperstoreFile.Read(SuperstoreFile.Find());
        var orders = file.Select(line => (line.Category, line.OrderId)).Distinct().Count();
        Assert.Equal(0, (await stack.CliAsync("demo", "load")).Code);
        await stack.CountedAsync(orders);

        var sellers = Categories.Select((category, index) => (Seller: index + 1L, Lines: file.Where(line => line.Category == category).ToList())).ToList();
        // By category: each is a seller.
        Assert.Equal([741_999.74m, 719_046.89m, 836_154.02m], sellers.Select(one => Cents(one.Lines) / 100m));
        foreach (var (seller, lines) in sellers)
        {
            await AssertMonthsAsync(seller, lines, "auto", "cells");
            await AssertMonthsAsync(seller, lines, "raw", "events");
            await AssertYearsAsync(seller, lines);
            await AssertProductsAsync(seller, lines);
            await AssertRegionsAsync(seller, lines);
        }

        var (code, output) = await stack.CliAsync("rollup", "run");
        Assert.True(code == 0, output);
        await Eventually.HoldsAsync(
            "questions are answered from the sums of days", async () => (await stack.AskAsync(1, "query", $"{{{Years}, \"metrics\": [\"revenue\"]}}")).GetProperty("source").GetString() == "cells_1d", Noticed);
        foreach (var (seller, lines) in sellers)
        {
            await AssertMonthsAsync(seller, lines, "auto", "cells_1d");
        }
    }

    private async Task AssertMonthsAsync(long seller, List<SuperstoreLine> lines, string source, string expectedSource)
    {
        var answer = await stack.AskAsync(seller, "query", $$"""{ {{Years}}, "granularity": "month", "source": "{{source}}", "metrics": ["revenue", "orders", "units", "customers", "aov"] }""");
        Assert.Equal(expectedSource, answer.GetProperty("source").GetString());
        var series = answer.GetProperty("groups")[0].GetProperty("series");
        var months = answer.GetProperty("points").EnumerateArray().Select(point => point.GetDateTimeOffset()).ToList();
        Assert.Equal(48, months.Count);
        for (var index = 0; index < months.Count; index++)
        {
            var some = lines.Where(line => (line.OrderDate.Year, line.OrderDate.Month) == (months[index].Year, months[index].Month)).ToList();
            decimal? Point(string metric) => Value(series.GetProperty(metric).GetProperty("values")[index]);
            Assert.Equal(
                (Cents(some) / 100m, Orders(some), some.Sum(line => line.Quantity), some.Select(line => line.CustomerId).Distinct().Count()),
                (Point("revenue"), Point("orders"), Point("units"), Point("customers")));
            Assert.Equal(some.Count == 0 ? (decimal?)null : Math.Round(Cents(some) / 100m / Orders(some), 6), Point("aov"));
        }

        Assert.Equal(lines.Select(line => line.CustomerId).Distinct().Count(), Value(series.GetProperty("customers").GetProperty("total")));
    }

    private async Task AssertYearsAsync(long seller, List<SuperstoreLine> lines)
    {
        foreach (var year in (int[])[2014, 2015, 2016, 2017])
        {
            var answer = await stack.AskAsync(
                seller, "query", $$"""{ "start": "{{year}}-01-01", "end": "{{year + 1}}-01-01", "granularity": "month", "compare": "year_over_year", "metrics": ["revenue"] }""");
            var revenue = answer.GetProperty("groups")[0].GetProperty("series").GetProperty("revenue");
            // The same dates a year earlier, keeping the length: of two years one may be longer by a day.
            var (now, before) = (CentsOf(lines, new(year, 1, 1), Days(year)), CentsOf(lines, new(year - 1, 1, 1), Days(year)));
            Assert.Equal(now / 100m, Value(revenue.GetProperty("total")));
            Assert.Equal(before == 0 ? (decimal?)null : Math.Round((decimal)(now - before) / before, 6), Value(revenue.GetProperty("compared").GetProperty("change")));
        }
    }

    private async Task AssertProductsAsync(long seller, List<SuperstoreLine> lines)
    {
        var answer = await stack.AskAsync(seller, "query", $$"""{ {{Years}}, "granularity": "month", "metrics": ["revenue", "units"], "breakdown": ["product_id"], "limit": 25 }""");
        Assert.Equal("order_lines", answer.GetProperty("source").GetString());
        var best = lines.GroupBy(line => line.ProductId).Select(product => (Product: product.Key, Revenue: Cents(product), Units: product.Sum(line => line.Quantity)))
            .OrderByDescending(product => product.Revenue).ThenBy(product => product.Product, StringComparer.Ordinal).ToList();
        var groups = answer.GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(
            best.Take(25).Select(product => (product.Product, product.Revenue / 100m, (decimal)product.Units)),
            groups.Take(25).Select(group => (group.GetProperty("labels").GetProperty("product_id").GetString()!, Total(group, "revenue"), Total(group, "units"))));
        Assert.True(groups[25].GetProperty("is_other").GetBoolean());
        Assert.Equal((best.Skip(25).Sum(product => product.Revenue) / 100m, best.Skip(25).Sum(product => product.Units)), (Total(groups[25], "revenue"), Total(groups[25], "units")));
    }

    private async Task AssertRegionsAsync(long seller, List<SuperstoreLine> lines)
    {
        var answer = await stack.AskAsync(
            seller,
            "query",
            $$"""
            { {{Years}}, "granularity": "month", "metrics": ["orders", "revenue"], "breakdown": ["properties.region", "properties.segment"], "limit": 100,
              "filter": {"any": [{"property": "properties.ship_mode", "value": "Second Class"}, {"property": "revenue", "op": ">", "value": 100000}]} }
            """);
        var expected = lines.GroupBy(line => line.OrderId).Where(order => order.First().ShipMode == "Second Class" || Cents(order) > 100_000)
            .GroupBy(order => (order.First().Region, order.First().Segment)).Select(group => (group.Key.Region, group.Key.Segment, (decimal)group.Count(), group.Sum(Cents) / 100m));
        Assert.Equal(
            expected.Order(),
            answer.GetProperty("groups").EnumerateArray().Select(group => (
                group.GetProperty("labels").GetProperty("properties.region").GetString()!, group.GetProperty("labels").GetProperty("properties.segment").GetString()!,
                Total(group, "orders"), Total(group, "revenue"))).Order());
    }

    // Each line's sales in whole cents, half to even, as they are sent.
    private static long Cents(IEnumerable<SuperstoreLine> lines) => lines.Sum(line => (long)Math.Round(line.Sales * 100, MidpointRounding.ToEven));

    private static long CentsOf(List<SuperstoreLine> lines, DateOnly first, int days) => Cents(lines.Where(line => line.OrderDate >= first && line.OrderDate < first.AddDays(days)));

    private static int Days(int year) => DateTime.IsLeapYear(year) ? 366 : 365;

    private static int Orders(IEnumerable<SuperstoreLine> lines) => lines.Select(line => line.OrderId).Distinct().Count();

    private static decimal Total(JsonElement group, string metric) => Value(group.GetProperty("series").GetProperty(metric).GetProperty("total"))!.Value;

    private static decimal? Value(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
