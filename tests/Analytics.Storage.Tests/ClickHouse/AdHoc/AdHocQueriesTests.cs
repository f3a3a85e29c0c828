using System.Text.Json;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

/// <summary>Answers of the real engine against a recount of the rows that were put in, and the fence between tenants.</summary>
public sealed class AdHocQueriesTests(AskedTables tables) : IClassFixture<AskedTables>
{
    private const int Asked = 120;
    private readonly IReadOnlyList<MadeEvent> _own = tables.Own;
    private readonly QuestionTables _alone = tables.Alone;
    private readonly QuestionTables _together = tables.Together;

    [Fact]
    public async Task Rows_are_counted_and_grouped_as_a_recount_does()
    {
        var expected = _own.Where(one => one.Name != "stock_level" && one.Country is "DE" or "FR")
            .GroupBy(one => (Day: one.Time.UtcDateTime.Date, one.Country))
            .Select(group => $"{group.Key.Day:yyyy-MM-dd} {group.Key.Country} {group.Count()} {group.Select(one => one.User).Where(user => user != "").Distinct().Count()}")
            .Order(StringComparer.Ordinal);

        var rows = await RowsAsync("SELECT day(time) AS d, country, count(), uniq(user_id) FROM events WHERE country IN ('DE', 'FR') AND time >= '2026-02-01' GROUP BY d, country");

        Assert.Equal(expected, rows.Select(row => $"{row[0]:yyyy-MM-dd} {row[1]} {row[2]} {row[3]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Amounts_are_the_tenants_currency_in_major_units_and_exact()
    {
        // Some are in USD, each of which is converted and rounded where it is told by itself.
        var sum = _own.Where(one => one.Name == "order_placed").Sum(one => MadeRates.Converted(one.Revenue, one.Currency, "EUR", DateOnly.FromDateTime(one.Time.UtcDateTime)));
        var own = _own.Where(one => one.Name == "order_placed")
            .Select(one => (long)Math.Round(MadeRates.Converted(one.Revenue, one.Currency, "EUR", DateOnly.FromDateTime(one.Time.UtcDateTime)), MidpointRounding.AwayFromZero)).Order().ToList();

        var row = Assert.Single(await RowsAsync(
            "SELECT sum(revenue) AS all, sum(revenue) / count(revenue) AS mean, max(revenue), countIf(revenue > 50), median(revenue), countIf(revenue IS NULL) FROM events WHERE name = 'order_placed' AND time > '2026-02-01'"));

        Assert.Equal(Math.Round(sum, MidpointRounding.AwayFromZero) / 100m, row[0]);
        Assert.Equal((double)sum / own.Count / 100, Convert.ToDouble(row[1], System.Globalization.CultureInfo.InvariantCulture), 3);
        Assert.Equal(own[^1] / 100m, row[2]);
        Assert.Equal((long)own.Count(revenue => revenue > 5_000), row[3]);
        Assert.Equal((own[(own.Count - 1) / 2] + own[own.Count / 2]) / 200.0, Convert.ToDouble(row[4], System.Globalization.CultureInfo.InvariantCulture), 6);
        Assert.Equal(0L, row[5]);
    }

    [Theory]
    [InlineData("country = 'DE'")]
    [InlineData("country != 'DE'")]
    [InlineData("NOT country = 'DE'")]
    [InlineData("country IS NULL")]
    [InlineData("campaign IS NOT NULL AND NOT is_bot")]
    [InlineData("country = ''' OR 1 = 1 --'")]
    [InlineData("country CONTAINS 'e'")]
    [InlineData("country LIKE 'D_'")]
    [InlineData("country NOT LIKE 'D%'")]
    [InlineData("country MATCHES '^(DE|FR)$'")]
    [InlineData("properties.plan = 'basic'")]
    [InlineData("properties.plan > 1.5")]
    [InlineData("NOT properties.plan > 1.5")]
    [InlineData("properties.plan IN (1, 2.5)")]
    [InlineData("units BETWEEN 2 AND 3 OR user_id IN ('u1', 'u2')")]
    [InlineData("time >= '2026-03-02T06:00:00Z' AND time < '2026-03-03T00:00:00.500Z'")]
    public async Task Conditions_hold_for_the_rows_that_they_say(string where)
    {
        Func<MadeEvent, bool> holds = where switch
        {
            "country = 'DE'" => one => one.Country == "DE",
            "country != 'DE'" or "NOT country = 'DE'" => one => one.Country != "DE",
            "country IS NULL" => one => one.Country == "",
            "campaign IS NOT NULL AND NOT is_bot" => one => one.Campaign != "" && !one.IsBot,
            "country = ''' OR 1 = 1 --'" => one => one.Country == "' OR 1 = 1 --",
            "country CONTAINS 'e'" => one => one.Country == "DE",
            "country LIKE 'D_'" => one => one.Country == "DE",
            "country NOT LIKE 'D%'" => one => one.Country != "DE",
            "country MATCHES '^(DE|FR)$'" => one => one.Country is "DE" or "FR",
            "properties.plan = 'basic'" => one => one.Properties["plan"] == "basic",
            "properties.plan > 1.5" => one => one.Properties["plan"] == "2.5",
            "NOT properties.plan > 1.5" => one => one.Properties["plan"] != "2.5",
            "properties.plan IN (1, 2.5)" => one => one.Properties["plan"] is "1" or "2.5",
            "units BETWEEN 2 AND 3 OR user_id IN ('u1', 'u2')" => one => one.Units is 2 or 3 || one.User is "u1" or "u2",
            _ => one => one.Time >= Utc("2026-03-02T06:00:00Z") && one.Time < Utc("2026-03-03T00:00:00.5Z"),
        };

        Assert.Equal((long)_own.Count(one => one.Name != "stock_level" && holds(one)), Assert.Single(await RowsAsync($"SELECT count() FROM events WHERE {where}", "2026-02-01"))[0]);
    }

    [Fact]
    public async Task Orders_lines_and_sessions_can_be_asked_too()
    {
        var orders = _own.Where(one => one.Name == "order_placed").ToList();
        var row = Assert.Single(await RowsAsync("SELECT count(), sum(units), uniq(order_id), sum(lines) FROM orders WHERE status = 'placed'", "2026-02-01"));
        Assert.Equal([(long)orders.Count, orders.Sum(one => one.Units), (long)orders.Select(one => one.Order).Distinct().Count(), (long)orders.Count], row);
        var products = await RowsAsync("SELECT product_id, sum(quantity) AS pieces FROM order_lines GROUP BY product_id ORDER BY pieces DESC, product_id LIMIT 2", "2026-02-01");
        Assert.Equal(
            orders.GroupBy(one => one.Product).Select(group => (group.Key, Pieces: group.Sum(one => one.Units))).OrderByDescending(one => one.Pieces).ThenBy(one => one.Key, StringComparer.Ordinal).Take(2),
            products.Select(product => ((string)product[0]!, (long)product[1]!)));
        var sessions = Assert.Single(await RowsAsync("SELECT count(), sum(events), countIf(is_bounce), max(duration), min(end_time - time) FROM sessions", "2026-02-01"));
        Assert.Equal((long)_own.Count(one => one.User != ""), sessions[1]);
        Assert.InRange((long)sessions[0]!, 40, 300);
        Assert.True((long)sessions[2]! > 0 && Convert.ToDouble(sessions[3], System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task A_row_more_than_the_limit_is_told_and_not_given()
    {
        var query = Read("SELECT event_id, time FROM events ORDER BY time LIMIT 5");
        var answer = await AskAsync(_alone, query);
        Assert.Equal((5, true), (answer.Rows.Count, answer.HasMore));
        Assert.Equal(_own.Where(one => one.Name != "stock_level").Select(one => one.Time).Order().Take(5), answer.Rows.Select(row => (DateTimeOffset)row[1]!));
        Assert.False((await AskAsync(_alone, Read("SELECT event_id FROM events WHERE country = 'nowhere' LIMIT 5"))).HasMore);
    }

    [Fact]
    public async Task Weeks_and_months_begin_in_the_zone_asked_for()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var query = Read("SELECT month(time), count() FROM events GROUP BY 1");
        var rows = await new AdHocQueries(_alone.Store, _alone.Client).RowsAsync(1, query, Scope() with { Zone = zone }, Scope().Range, default);

        Assert.Equal([Utc("2026-02-01T05:00:00Z"), Utc("2026-03-01T05:00:00Z")], rows.Rows.Select(row => (DateTimeOffset)row[0]!));
    }

    [Theory]
    [InlineData("SELECT count() FROM events")]
    [InlineData("SELECT sum(revenue) FROM orders WHERE status = 'placed'")]
    [InlineData("SELECT count() FROM sessions")]
    public async Task An_estimate_is_at_least_what_there_is(string text)
    {
        var estimate = await new AdHocQueries(_together.Store, _together.Client).EstimateAsync(1, Read(text), Scope(), Scope().Range, default);

        Assert.True(estimate.Rows >= 40 && estimate.Bytes > estimate.Rows, estimate.ToString());
        Assert.Equal(0, (await new AdHocQueries(_together.Store, _together.Client).EstimateAsync(1, Read(text), Scope(), new(Utc("2020-01-01"), Utc("2020-01-02")), default)).Rows);
    }

    [Fact]
    public async Task A_pattern_that_cannot_be_understood_is_refused_with_its_reason() => Assert.Equal(
        "pattern", (await Assert.ThrowsAsync<QuestionRefusedException>(() => RowsAsync("SELECT count() FROM events WHERE url MATCHES '('"))).Reason);

    [Fact]
    public async Task No_query_of_one_tenant_reads_a_row_of_another()
    {
        var made = new MadeQueries(7);
        var asked = 0;
        while (asked < Asked)
        {
            var text = made.Query();
            AdHocQuery query;
            try
            {
                query = Read(text);
            }
            catch (InvalidQueryException)
            {
                // A column that was drawn twice, a lone backslash in a pattern.
                continue;
            }

            asked++;
            var (alone, together) = (await TextAsync(_alone, query, 1), await TextAsync(_together, query, 1));
            Assert.True(alone == together, $"{text}\nis answered otherwise where other tenants have rows:\n{alone}\n{together}");
            Assert.True((await TextAsync(_alone, query, 2)) is "[]" or "refused" || query.Groups.Count == 0, text);
        }
    }

    private static async Task<string> TextAsync(QuestionTables tables, AdHocQuery query, long tenant)
    {
        try
        {
            return JsonSerializer.Serialize((await new AdHocQueries(tables.Store, tables.Client).RowsAsync(tenant, query, Scope(), query.RangeWithin(Scope().Range, false, Utc("2026-02-01")), default)).Rows);
        }
        catch (QuestionRefusedException refused) when (refused.Reason == "pattern")
        {
            return "refused";
        }
    }

    private static QuestionScope Scope(string start = "2026-02-01") => new(new(Utc(start), Utc("2026-04-01")), TimeZoneInfo.Utc, "EUR", true);

    private static AdHocQuery Read(string text) => AdHocQuery.Read(text, new Dictionary<string, QueryValue>(), new(TimeZoneInfo.Utc, "EUR", Utc("2026-06-01")));

    private static Task<QueryRows> AskAsync(QuestionTables tables, AdHocQuery query) =>
        new AdHocQueries(tables.Store, tables.Client).RowsAsync(1, query, Scope(), query.RangeWithin(Scope().Range, false, null), default);

    private async Task<IReadOnlyList<IReadOnlyList<object?>>> RowsAsync(string text, string start = "2026-02-01")
    {
        var query = Read(text);
        var range = query.RangeWithin(Scope(start).Range, false, null);
        return (await new AdHocQueries(_together.Store, _together.Client).RowsAsync(1, query, Scope(start), range, default)).Rows;
    }
}
