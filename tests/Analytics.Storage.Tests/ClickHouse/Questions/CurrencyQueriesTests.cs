using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.ClickHouse.Sellers;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>
/// Amounts of several currencies. For 1 EUR there are 1.187 USD, 169.5907 JPY and 0.34668 KWD on Friday, 2026-03-06, and over the week-end; 1.2281 USD on Monday; 160 JPY on Tuesday.
/// </summary>
public sealed class CurrencyQueriesTests : IAsyncLifetime
{
    private const string March = "\"start\": \"2026-03-06\", \"end\": \"2026-03-11\", \"granularity\": \"day\"";
    private QuestionTables _tables = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        Assert.Equal((1.187m, 169.5907m, 0.34668m), (MadeRates.On("USD", new(2026, 3, 6)), MadeRates.On("JPY", new(2026, 3, 8)), MadeRates.On("KWD", new(2026, 3, 6))));
        Assert.Equal((1.2281m, 160m), (MadeRates.On("USD", new(2026, 3, 9)), MadeRates.On("JPY", new(2026, 3, 10))));
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Theory]
    [InlineData("auto", "revenue")]
    [InlineData("raw", "revenue")]
    [InlineData("auto", "{\"from\": \"order_lines\", \"measure\": \"sum\", \"property\": \"revenue\", \"name\": \"a\"}")]
    public async Task An_amount_is_converted_by_the_rate_of_its_day_and_a_sum_is_rounded_once(string source, string metric)
    {
        // 10.00 USD are 8.4246 EUR on Friday and on Sunday: 842.46 cents each, 1684.92 together. 10.00 USD on Monday are 814.27 cents.
        await _tables.AddAsync(Order("2026-03-06 12:00", 1_000, "USD"), Order("2026-03-08 23:59", 1_000, "USD"));

        var figures = await _tables.TrendAsync($"{{{March}, \"metrics\": [{(metric[0] == '{' ? metric : $"\"{metric}\"")}], \"source\": \"{source}\"}}");

        Assert.Equal(1_685, figures.Groups[0].Totals[0]);
        Assert.Equal([842.0, 0, 842, 0, 0], figures.Groups[0].Points[0]);
        Assert.Empty(figures.Conversion!.Missing);
    }

    [Fact]
    public async Task The_day_of_a_rate_is_that_of_utc_whatever_the_zone_of_the_question()
    {
        // In Berlin it is Tuesday, when there are 1.2418 USD: 805.28 cents. In UTC it is Monday: 814.27.
        await _tables.AddAsync(Order("2026-03-09 23:30", 1_000, "USD"));

        var figures = await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\"]}}", Context(zone: "Europe/Berlin"));

        Assert.Equal([0.0, 0, 0, 0, 814], figures.Groups[0].Points[0]);
    }

    [Theory]
    [InlineData("EUR", 4_817)]
    [InlineData("JPY", 8_169)]
    [InlineData("KWD", 16_698)]
    public async Task Every_currency_has_its_own_decimals(string currency, double total)
    {
        // 10.00 USD, 1,000 JPY, 10.000 KWD and 5.00 EUR: 842.46 + 589.65 + 2,884.50 + 500 cents, 1,428.73 + 1,000 + 4,891.85 + 847.95 yen, 2,920.64 + 2,044.22 + 10,000 + 1,733.40 fils.
        await _tables.AddAsync(Order("2026-03-06 12:00", 1_000, "USD"), Order("2026-03-06 12:00", 1_000, "JPY"), Order("2026-03-06 12:00", 10_000, "KWD"), Order("2026-03-06 12:00", 500, "EUR"));

        var group = Assert.Single((await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\"]}}", Context(currency: currency))).Groups);

        Assert.Equal(total, group.Totals[0]);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(-4, -3)]
    [InlineData(12, 8)]
    public async Task A_half_is_rounded_away_from_zero(long yen, double cents)
    {
        // 1 JPY is 0.625 cents on Tuesday.
        await _tables.AddAsync(Order("2026-03-10 12:00", yen, "JPY"));

        Assert.Equal(cents, (await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\"]}}")).Groups[0].Totals[0]);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("raw")]
    public async Task A_figure_that_needs_a_rate_that_is_missing_is_unknown_and_the_others_stay(string source)
    {
        await _tables.AddAsync(
            Order("2026-03-06 12:00", 1_000, "GBP"), Order("2026-03-06 12:00", 1_000, "USD") with { Country = "US" }, Order("2026-03-07 12:00", 700, "EUR"), Order("2026-03-08 12:00", 10, "GBP"));

        var figures = await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\", \"orders\", \"aov\"], \"breakdown\": [\"country\"], \"source\": \"{source}\"}}");

        Assert.Equal(["US", "DE"], figures.Groups.Select(group => group.Labels![0]));
        Assert.Equal([842.0, 1, 842, 1], figures.Groups[0].Totals);
        Assert.Equal([null, 3.0, null, 3], figures.Groups[1].Totals);
        Assert.Equal([null, 700, null, 0, 0], figures.Groups[1].Points[0]);
        var missing = Assert.Single(figures.Conversion!.Missing);
        Assert.Equal("GBP", missing.Currency);
        Assert.Equal([new(2026, 3, 6), new(2026, 3, 8)], missing.Days);
    }

    [Fact]
    public async Task A_rate_that_only_other_events_need_is_not_missing()
    {
        await _tables.AddAsync(Order("2026-03-06 12:00", 1_000, "GBP") with { Country = "UK" }, Order("2026-03-06 12:00", 1_000, "USD"));

        var figures = await _tables.TrendAsync($$"""{{{March}}, "metrics": ["revenue"], "filter": {"property": "country", "value": "DE"} }""");

        Assert.Equal(842, figures.Groups[0].Totals[0]);
        Assert.Empty(figures.Conversion!.Missing);
    }

    [Theory]
    [InlineData("2026-07-07", true)]
    [InlineData("2026-07-08", false)]
    public async Task A_rate_stands_in_for_seven_days_and_no_longer(string day, bool isKnown)
    {
        await _tables.AddAsync(Order(day + " 12:00", 1_000, "USD"));

        var figures = await _tables.TrendAsync($"{{\"start\": \"{day}\", \"end\": \"2026-07-31\", \"granularity\": \"day\", \"metrics\": [\"revenue\"]}}");

        Assert.Equal(isKnown ? (double)Math.Round(MadeRates.Converted(1_000, "USD", "EUR", new(2026, 6, 30)), MidpointRounding.AwayFromZero) : null, figures.Groups[0].Totals[0]);
    }

    [Fact]
    public async Task Without_amounts_of_other_currencies_nothing_is_converted_whatever_other_tenants_have()
    {
        await _tables.AddAsync(Order("2026-03-06 12:00", 1_000, "EUR"), Order("2026-03-06 12:00", 1_000, "GBP") with { Tenant = 2 });

        var figures = await _tables.TrendAsync($"{{{March}, \"metrics\": [\"revenue\"]}}");

        Assert.Equal(1_000, figures.Groups[0].Totals[0]);
        Assert.Null(figures.Conversion);
    }

    [Theory]
    [InlineData("average", 921)]
    [InlineData("min", 842)]
    [InlineData("max", 1_000)]
    [InlineData("median", 921)]
    public async Task Means_extremes_and_percentiles_are_of_converted_amounts(string measure, double expected)
    {
        await _tables.AddAsync(Order("2026-03-06 12:00", 1_000, "USD"), Order("2026-03-06 12:00", 1_000, "EUR"));

        var figures = await _tables.TrendAsync($$"""{{{March}}, "metrics": [{"event": "order_placed", "measure": "{{measure}}", "property": "revenue"}]}""");

        Assert.Equal(expected, figures.Groups[0].Totals[0]);
        await _tables.AddAsync(Order("2026-03-07 12:00", 1_000, "GBP"));
        Assert.Null((await _tables.TrendAsync($$"""{{{March}}, "metrics": [{"event": "order_placed", "measure": "{{measure}}", "property": "revenue"}]}""")).Groups[0].Totals[0]);
    }

    [Fact]
    public async Task Groups_are_ranked_by_converted_amounts_also_those_that_a_comparison_tells_apart()
    {
        // 100,000 JPY are 589.65 EUR: less than 600 EUR, which are fewer minor units.
        await _tables.AddAsync(
            Order("2026-03-06 12:00", 100_000, "JPY") with { Country = "JP" }, Order("2026-03-06 12:00", 60_000, "EUR"),
            Order("2026-03-03 12:00", 1_000, "EUR") with { Country = "JP" }, Order("2026-03-03 12:00", 100, "EUR"));
        var question = TrendReader.Read(Node($"{{{March}, \"metrics\": [\"revenue\"], \"breakdown\": [\"country\"], \"limit\": 1}}"), Context());

        var now = await _tables.Trends.OfAsync(1, question, question.Scope.Range, question.Scope.Range, default);
        var before = await _tables.Trends.OfAsync(1, question, new(Utc("2026-03-01"), Utc("2026-03-06")), question.Scope.Range, default);

        Assert.Equal(["DE", null], now.Groups.Select(group => group.Labels?[0]));
        Assert.Equal([60_000.0, 58_965], now.Groups.Select(group => group.Totals[0]!.Value));
        Assert.Equal(["DE", null], before.Groups.Select(group => group.Labels?[0]));
        Assert.Equal([100.0, 1_000], before.Groups.Select(group => group.Totals[0]!.Value));
    }

    [Fact]
    public async Task Trends_of_one_batch_are_converted_as_if_each_were_alone()
    {
        await _tables.AddAsync(Order("2026-03-06 12:00", 1_000, "USD"), Order("2026-03-07 12:00", 500, "EUR"));
        TrendQuestion[] asked = [.. ((string[])["revenue", "orders", "aov"]).Select(metric => TrendReader.Read(Node($"{{{March}, \"metrics\": [\"{metric}\"]}}"), Context()))];
        var batch = new TrendBatch(Utc("2026-06-01"));
        asked.ToList().ForEach(question => batch.Announce(question, question.Scope.Range));

        var figures = await Task.WhenAll(asked.Select(question => _tables.Trends.OfAsync(1, question, question.Scope.Range, question.Scope.Range, batch, default)));

        Assert.Equal([1_342.0, 2, 1_342], figures.Select(one => one.Groups[0].Totals[0]!.Value));
        Assert.Equal([1_342.0, 2, 1_342], (await Task.WhenAll(asked.Select(question => _tables.Trends.OfAsync(1, question, question.Scope.Range, question.Scope.Range, batch, default)))).Select(one => one.Groups[0].Totals[0]!.Value));
    }

    [Fact]
    public async Task History_and_traffic_tell_converted_amounts_and_what_is_missing()
    {
        var periods = new RolledPeriods(_tables.Client, TimeProvider.System);
        var scope = new FigureScope(1, new(Utc("2026-03-06"), Utc("2026-03-11")), TimeZoneInfo.Utc, "EUR");
        await _tables.AddAsync(
            Order("2026-03-06 12:00", 1_000, "USD"), Order("2026-03-06 13:00", 10, "EUR") with { Source = "search" }, Order("2026-03-08 13:00", 1_000, "USD") with { Name = "order_refunded" });

        var (totals, points, _, conversion) = await _tables.History.FiguresAsync(scope, Granularity.Day, default);
        Assert.Equal((852L, 842L, 2L), (totals.Revenue, totals.Refunds, totals.Orders));
        Assert.Equal((852L, 0L, 842L), (points[Utc("2026-03-06")].Revenue, points[Utc("2026-03-08")].Revenue, points[Utc("2026-03-08")].Refunds));
        Assert.Equal("USD", Assert.Single(conversion!.Foreign).Currency);
        var traffic = await new TrafficQueries(_tables.Store, periods).OfAsync(scope, default);
        Assert.Equal((852L, 842L, 10L), (traffic.All.Revenue, PartOf(traffic, "direct").Revenue, PartOf(traffic, "search").Revenue));

        await _tables.AddAsync(Order("2026-03-07 12:00", 1_000, "GBP") with { Source = "search" });
        (totals, points, _, conversion) = await _tables.History.FiguresAsync(scope, Granularity.Day, default);
        Assert.Equal((null, 842L, 3L, null), (totals.Revenue, totals.Refunds, totals.Orders, totals.AverageOrderValue));
        Assert.Equal((852L, null), (points[Utc("2026-03-06")].Revenue, points[Utc("2026-03-07")].Revenue));
        Assert.Equal("GBP", Assert.Single(conversion!.Missing).Currency);
        traffic = await new TrafficQueries(_tables.Store, periods).OfAsync(scope, default);
        Assert.Equal((null, 842L, null), (traffic.All.Revenue, PartOf(traffic, "direct").Revenue, PartOf(traffic, "search").Revenue));
        Assert.Equal("GBP", Assert.Single(traffic.Conversion!.Missing).Currency);
    }

    [Fact]
    public async Task Products_are_ranked_by_converted_revenue_and_have_no_class_while_a_rate_is_missing()
    {
        var products = new ProductQueries(_tables.Store);
        var scope = new FigureScope(1, new(Utc("2026-03-06"), Utc("2026-03-11")), TimeZoneInfo.Utc, "EUR");
        var before = new TimeRange(Utc("2026-03-01"), Utc("2026-03-06"));
        await SellAsync(("2026-03-06 12:00", "fan", 100_000, "JPY"), ("2026-03-06 12:00", "lamp", 60_000, "EUR"), ("2026-03-05 12:00", "fan", 1_000, "USD"));

        var ranking = await products.RankAsync(scope, before, ProductOrder.Revenue, 10, default);
        // 1,000 USD cents are 852.30 EUR cents on Thursday, at 1.1733.
        Assert.Equal([("lamp", 60_000L, 0L, "A"), ("fan", 58_965L, 852L, "A")], ranking.Products.Select(one => (one.ProductId, one.Revenue!.Value, one.RevenueBefore!.Value, one.AbcClass!)));
        Assert.Equal((118_965L, "JPY, USD"), (ranking.Revenue, string.Join(", ", ranking.Conversion!.Foreign.Select(foreign => foreign.Currency))));

        await SellAsync(("2026-03-07 12:00", "lamp", 1, "GBP"));
        ranking = await products.RankAsync(scope, before, ProductOrder.Revenue, 10, default);
        Assert.Equal([("fan", 58_965L, null), ("lamp", (long?)null, null)], ranking.Products.Select(one => (one.ProductId, one.Revenue, one.AbcClass)));
        Assert.Equal((null, "GBP"), (ranking.Revenue, Assert.Single(ranking.Conversion!.Missing).Currency));
        Assert.Equal(["fan", "lamp"], await products.AllAsync(scope, before, ProductOrder.Revenue, default).Select(one => one.ProductId).ToListAsync());
    }

    [Fact]
    public async Task A_list_of_products_that_is_empty_without_conversion_is_asked_for_with_it()
    {
        await SellAsync(("2026-03-06 12:00", "fan", 1_000, "USD"));

        var ranking = await new ProductQueries(_tables.Store).RankAsync(
            new(1, new(Utc("2026-03-06"), Utc("2026-03-11")), TimeZoneInfo.Utc, "EUR"), new(Utc("2026-03-01"), Utc("2026-03-06")), ProductOrder.Growth, 10, default);

        Assert.Equal(842, Assert.Single(ranking.Products).Revenue);
    }

    [Fact]
    public async Task More_rates_than_a_statement_can_carry_are_refused_with_a_word_of_what_to_do()
    {
        await _tables.AddAsync(Enumerable.Range(0, 30).SelectMany(number => ((string[])["2022-03-06 12:00", "2026-03-06 12:00"]).Select(time => Order(time, 1, "A" + (char)('A' + number % 26) + (char)('A' + number / 26)))));

        var refused = await Assert.ThrowsAsync<QuestionRefusedException>(() => _tables.TrendAsync("""{"start": "2022-01-01", "end": "2026-04-01", "granularity": "month", "metrics": ["revenue"]}"""));

        Assert.Equal(("too-much", true), (refused.Reason, refused.Message.Contains("Ask for a shorter range", StringComparison.Ordinal)));
    }

    private static TrafficFigures PartOf(Traffic traffic, string source) => traffic.Parts[TrafficPart.Source].Single(part => part.Value == source);

    private static MadeEvent Order(string time, long revenue, string currency) =>
        new() { Name = "order_placed", Time = Utc(time), Order = "o" + Guid.NewGuid().ToString("N"), Units = 1, Revenue = revenue, Currency = currency };

    private Task SellAsync(params (string Time, string Product, long Revenue, string Currency)[] sold) => _tables.InsertAsync("product_cells", sold.Select((one, index) => new Dictionary<string, object>
    {
        ["tenant"] = 1,
        ["window"] = one.Time + ":00",
        ["product_id"] = one.Product,
        ["name"] = "order_placed",
        ["currency"] = one.Currency,
        ["ver"] = 1,
        ["events"] = 1,
        ["units"] = 1,
        ["revenue"] = one.Revenue,
        ["keep_until"] = "2100-01-01 00:00:00",
    }));
}
