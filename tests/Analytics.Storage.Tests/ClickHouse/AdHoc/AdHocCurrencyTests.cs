using System.Text.Json;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

/// <summary>Amounts of several currencies in queries; for 1 EUR there are 1.187 USD and 169.5907 JPY on Friday, 2026-03-06.</summary>
public sealed class AdHocCurrencyTests : IAsyncLifetime
{
    private QuestionTables _tables = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        await _tables.AddAsync(Order("DE", 1_000, "EUR"), Order("US", 1_000, "USD"), Order("US", 1_000, "USD"), Order("JP", 1_000, "JPY"), new() { Name = "page_view", Time = Utc("2026-03-06 12:00") });
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    // 842.46 cents twice and 589.65: the sum of the column is rounded once, 1684.92, what is made of rows is of 842 and 842.
    [Theory]
    [InlineData("SELECT sum(revenue) FROM events", "[[32.75]]")]
    [InlineData("SELECT sum(revenue) FROM orders", "[[32.75]]")]
    [InlineData("SELECT sum(revenue) FROM order_lines", "[[32.75]]")]
    [InlineData("SELECT country, sum(revenue), sum(revenue * 2) FROM events WHERE name = 'order_placed' GROUP BY 1", """[["DE",10,20],["JP",5.9,11.8],["US",16.85,33.68]]""")]
    [InlineData("SELECT min(revenue), max(revenue), count(revenue), countIf(revenue > 8.41) FROM orders", "[[5.9,10,4,3]]")]
    [InlineData("SELECT revenue FROM orders WHERE revenue BETWEEN 8 AND 9", "[[8.42],[8.42]]")]
    public async Task Amounts_are_converted_row_by_row_and_the_sum_of_a_column_is_rounded_once(string text, string rows)
    {
        var found = await AskAsync(text);

        Assert.Equal(rows, JsonSerializer.Serialize(found.Rows));
        Assert.Empty(found.Conversion!.Missing);
    }

    [Theory]
    [InlineData("SELECT country, sum(revenue), count() FROM events WHERE name = 'order_placed' GROUP BY 1", """[["DE",10,1],["JP",5.9,1],["UK",null,1],["US",16.85,2]]""")]
    [InlineData("SELECT sum(revenue), avg(revenue), max(revenue), count() FROM orders", "[[null,null,null,5]]")]
    [InlineData("SELECT countIf(revenue > 1), count(revenue), countIf(revenue IS NULL) FROM orders", "[[null,4,1]]")]
    [InlineData("SELECT revenue FROM orders WHERE currency = 'GBP'", "[[null]]")]
    [InlineData("SELECT sumIf(revenue, country = 'DE') FROM events", "[[10]]")]
    public async Task What_needs_a_rate_that_is_missing_is_unknown_and_the_rest_is_told(string text, string rows)
    {
        await _tables.AddAsync(Order("UK", 100, "GBP"));

        var found = await AskAsync(text);

        Assert.Equal(rows, JsonSerializer.Serialize(found.Rows));
        Assert.Equal("GBP", Assert.Single(found.Conversion!.Missing).Currency);
    }

    [Fact]
    public async Task A_query_that_reads_no_amount_or_no_foreign_one_is_not_converted()
    {
        Assert.Null((await AskAsync("SELECT count() FROM orders")).Conversion);
        Assert.Null((await AskAsync("SELECT sum(revenue) FROM events WHERE country = 'DE'")).Conversion);
    }

    private static MadeEvent Order(string country, long revenue, string currency) =>
        new() { Name = "order_placed", Time = Utc("2026-03-06 12:00"), Country = country, Order = "o" + Guid.NewGuid().ToString("N"), Units = 1, Revenue = revenue, Currency = currency };

    private Task<QueryRows> AskAsync(string text)
    {
        var range = new TimeRange(Utc("2026-03-01"), Utc("2026-04-01"));
        var query = AdHocQuery.Read(text, new Dictionary<string, QueryValue>(), new(TimeZoneInfo.Utc, "EUR", Utc("2026-06-01")));
        return new AdHocQueries(_tables.Store, _tables.Client).RowsAsync(1, query, new(range, TimeZoneInfo.Utc, "EUR", true), range, default);
    }
}
