using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

/// <summary>The statements of queries, word by word, and what holds for every text.</summary>
public sealed class AdHocStatementTests
{
    private const int Texts = 100_000;

    [Fact]
    public void A_series_is_grouped_by_the_number_of_its_points() => AssertPrinted(
        "SELECT day(time) AS d, countIf(name = 'order_placed') / uniq(user_id) AS rate FROM events GROUP BY d ORDER BY d DESC LIMIT 7",
        "SELECT toUInt32(toUInt16(toDate(event_time, {zone:String}))) AS c0, (countIf((name = {p2:String})) / nullIf(uniqCombined64If(17)(user_id, user_id != ''), 0)) AS c1"
        + " FROM events FINAL PREWHERE tenant = {tenant:UInt64} WHERE " + Days(3) + " AND name != 'stock_level'"
        + " GROUP BY toUInt32(toUInt16(toDate(event_time, {zone:String}))) ORDER BY toUInt32(toUInt16(toDate(event_time, {zone:String}))) DESC LIMIT {p7:UInt32}");

    [Fact]
    public void Values_are_parameters_and_conditions_keep_to_their_parentheses() => AssertPrinted(
        "SELECT event_id FROM events WHERE country IN ('DE', 'AT') OR NOT (revenue > 19.99 AND properties.plan = 'x')",
        "SELECT toString(toString(event_id)) AS c0 FROM events FINAL PREWHERE tenant = {tenant:UInt64} WHERE " + Days(2) + " AND name != 'stock_level'"
        + " AND ((country IN {p6:Array(String)}) OR (NOT (ifNull(if(currency = {currency:String}, revenue, NULL) > {p7:Float64}, 0) AND (properties[{p8:String}] = {p9:String}))))"
        + " ORDER BY event_time, event_id LIMIT {p10:UInt32}");

    [Fact]
    public void Orders_are_put_together_of_their_lines() => AssertPrinted(
        "SELECT status, sum(revenue) FROM orders GROUP BY status HAVING count() > 2",
        """
        SELECT toString(order_status) AS c0, ifNull(sum(if(order_currency = {currency:String}, order_revenue, NULL)), 0) AS c1
         FROM (SELECT order_id, status AS order_status, any(event_time) AS order_time, any(user_id) AS order_user_id, any(currency) AS order_currency,
        count() AS order_lines, sum(quantity) AS order_units, sum(revenue) AS order_revenue, sum(discount) AS order_discount
         FROM order_lines FINAL PREWHERE tenant = {tenant:UInt64} WHERE (event_time >= {p2:DateTime('UTC')} AND event_time < {p3:DateTime('UTC')} AND day >= toDate({p4:DateTime('UTC')}, 'UTC') AND day <= toDate({p5:DateTime('UTC')}, 'UTC'))
         GROUP BY order_id, status, event_id) WHERE 1 GROUP BY order_status HAVING ifNull(count() > {p6:Float64}, 0) ORDER BY order_status LIMIT {p7:UInt32}
        """);

    [Fact]
    public void Sessions_are_read_through_the_tenants_cells_only() =>
        Assert.Contains("FROM session_cells FINAL PREWHERE tenant = {tenant:UInt64}", Bound("SELECT count() FROM sessions WHERE is_engaged"), StringComparison.Ordinal);

    [Fact]
    public void A_hundred_thousand_texts_end_in_a_fault_with_its_place_or_in_a_statement_that_is_bound()
    {
        var made = new MadeQueries(20_261_122);
        var (queries, refused) = (0, 0);
        for (var count = 0; count < Texts; count++)
        {
            var text = (count % 10) switch { 0 => made.Query(), 1 or 2 => made.Noise(), _ => made.Mutant() };
            try
            {
                Assert.Contains("tenant = {tenant:UInt64}", Bound(text), StringComparison.Ordinal);
                queries++;
            }
            catch (InvalidQueryException fault)
            {
                var lines = text.Split('\n');
                Assert.InRange(fault.Place.Line, 1, lines.Length);
                Assert.InRange(fault.Place.Column, 1, lines[fault.Place.Line - 1].Length + 1);
                refused++;
            }
        }

        Assert.True(queries > Texts / 20 && refused > Texts / 2, $"{queries} queries, {refused} refused");
    }

    // The range, of which the first parameter has this number.
    private static string Days(int first) => $"(event_time >= {{p{first}:DateTime('UTC')}} AND event_time < {{p{first + 1}:DateTime('UTC')}}"
        + $" AND day >= toDate({{p{first + 2}:DateTime('UTC')}}, 'UTC') AND day <= toDate({{p{first + 3}:DateTime('UTC')}}, 'UTC'))";

    private static void AssertPrinted(string text, string sql) => Assert.Equal(OneLine(sql), OneLine(Bound(text)));

    private static string OneLine(string sql) => string.Join(' ', sql.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));

    private static string Bound(string text)
    {
        var query = AdHocQuery.Read(text, new Dictionary<string, QueryValue>(), new(TimeZoneInfo.Utc, "EUR", Utc("2026-06-01")));
        var scope = new QuestionScope(new(Utc("2026-03-01"), Utc("2026-03-04")), TimeZoneInfo.Utc, "EUR", true);
        return TenantFence.Bind(AdHocStatement.Of(query, scope, query.RangeWithin(scope.Range, false, null), null).ToString());
    }
}
