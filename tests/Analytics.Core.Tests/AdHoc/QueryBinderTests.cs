using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using static Analytics.Core.Tests.AdHoc.Queries;

namespace Analytics.Core.Tests.AdHoc;

/// <summary>What names mean, which types and clauses fit each other, and which time a query reads.</summary>
public sealed class QueryBinderTests
{
    [Theory]
    [InlineData("SELECT name FROM events WHERE country = 5", "A text stands in single quotes.")]
    [InlineData("SELECT name FROM events WHERE units = '5'", "A number stands without quotes.")]
    [InlineData("SELECT name FROM events WHERE units = country", "found a number and a text")]
    [InlineData("SELECT name FROM events WHERE country > 'DE'", "Expected a number, an amount or an instant with >")]
    [InlineData("SELECT name FROM events WHERE time = 'yesterday'", "Expected a time, such as '2026-11-22'")]
    [InlineData("SELECT name FROM events WHERE time > '1970-01-01'", "from 1971 to 2105")]
    [InlineData("SELECT name FROM events WHERE time > now() - 3000w", "at most ten years")]
    [InlineData("SELECT name FROM events WHERE day(time) = '2026-11-01'", "Compare time itself")]
    [InlineData("SELECT name FROM events WHERE units CONTAINS 'x'", "Expected a text to search; found a number.")]
    [InlineData("SELECT name FROM events WHERE url CONTAINS ''", "Expected a text of 1 to 256")]
    [InlineData("SELECT name FROM events WHERE url LIKE country", "Expected a text of 1 to 256")]
    [InlineData("SELECT name FROM events WHERE url LIKE 'a\\'", "A \\ that is meant itself is written twice.")]
    [InlineData("SELECT name FROM events WHERE country IN ('DE', 5)", "A text stands in single quotes.")]
    [InlineData("SELECT name FROM events WHERE properties.x IN ('DE', 5)", "either texts or numbers")]
    [InlineData("SELECT name FROM events WHERE country IN (name)", "differs from row to row")]
    [InlineData("SELECT name FROM events WHERE count() > 1", "HAVING chooses groups")]
    [InlineData("SELECT sum(count()) FROM events", "found count(), which is made of many")]
    [InlineData("SELECT sum(name) FROM events", "number(…) reads a text as a number.")]
    [InlineData("SELECT sum(is_bot) FROM events", "countIf(condition)")]
    [InlineData("SELECT sum(5) FROM events", "found a value")]
    [InlineData("SELECT sum() FROM events", "Expected one column in sum(); found 0 arguments.")]
    [InlineData("SELECT countIf(units) FROM events", "Expected a condition in countIf()")]
    [InlineData("SELECT quantile(units, 2) FROM events", "from 0 to 1")]
    [InlineData("SELECT sum(DISTINCT units) FROM events", "Expected DISTINCT")]
    [InlineData("SELECT lower(DISTINCT name) FROM events", "Expected DISTINCT in count() only")]
    [InlineData("SELECT day(name) FROM events", "Expected an instant of a column in day(); found a text.")]
    [InlineData("SELECT 7d FROM events", "found a duration")]
    [InlineData("SELECT name FROM events WHERE time + 7d > now()", "Instead of time + 7d > now()")]
    [InlineData("SELECT revenue * revenue AS x FROM events", "two amounts")]
    [InlineData("SELECT units / revenue AS x FROM events", "a number divided by an amount")]
    [InlineData("SELECT is_bot + 1 AS x FROM events", "countIf(condition)")]
    [InlineData("SELECT name, count() FROM events", "Add name to GROUP BY")]
    [InlineData("SELECT count() FROM events GROUP BY country ORDER BY device", "in ORDER BY; found device")]
    [InlineData("SELECT count() FROM events GROUP BY country HAVING device = 'x'", "in HAVING; found device")]
    [InlineData("SELECT country FROM events HAVING country = 'DE'", "WHERE chooses rows")]
    [InlineData("SELECT count() FROM events GROUP BY count()", "in GROUP BY; found a function of many")]
    [InlineData("SELECT count() FROM events GROUP BY 2", "1 to 1")]
    [InlineData("SELECT count() FROM events GROUP BY 'x'", "the same in every row")]
    [InlineData("SELECT count(), count() FROM events", "found 'count()' twice")]
    [InlineData("SELECT day(time) AS d FROM events WHERE d > '2026-01-01'", "stands in GROUP BY, HAVING and ORDER BY only")]
    [InlineData("SELECT tenant FROM events", "Expected a column of events; found 'tenant'.")]
    [InlineData("SELECT kafka_offset FROM events", "found 'kafka_offset'")]
    [InlineData("SELECT country FROM orders", "Its columns are time, order_id, status")]
    [InlineData("SELECT properties.plan FROM orders", "Only events have properties.")]
    public void What_does_not_fit_is_refused_and_the_hint_says_what_to_do(string text, string message) =>
        Assert.Contains(message, Refused(text).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_are_named_by_their_alias_or_as_they_were_written() => Assert.Equal(
        ["day(time)", "n", "sum( revenue ) / 2"], Read("SELECT day(time), count() AS n,\n  sum( revenue )\n  / 2 FROM events GROUP BY 1").Outputs.Select(output => output.Name));

    [Fact]
    public void An_alias_a_position_and_the_expression_itself_are_one_group()
    {
        var queries = new[] { "d", "1", "day(time)", "DAY( time )" }.Select(group => Read($"SELECT day(time) AS d, count() FROM events GROUP BY {group} ORDER BY {group} DESC"));

        Assert.All(queries, query =>
        {
            Assert.Equal(query.Outputs[0].Value, Assert.Single(query.Groups));
            Assert.Equal(new BucketTerm(Granularity.Day, new ColumnTerm(QuerySource.Events.Columns[0])), query.Groups[0]);
            Assert.True(Assert.Single(query.Order).IsDescending);
        });
    }

    [Fact]
    public void Amounts_are_compared_in_major_units() =>
        Assert.Equal(new NumberTerm(1999, TermType.Money), ((ComparisonTerm)Read("SELECT name FROM events WHERE revenue > 19.99").Where!).Right);

    [Fact]
    public void A_time_without_a_zone_is_of_the_zone_asked_for() => Assert.Equal(
        [new InstantTerm(new(2026, 10, 31, 23, 0, 0, TimeSpan.Zero)), new InstantTerm(new(2026, 11, 1, 8, 30, 0, TimeSpan.Zero)), new InstantTerm(new(2026, 11, 21, 23, 0, 0, TimeSpan.Zero))],
        ((JunctionTerm)Read("SELECT name FROM events WHERE time > '2026-11-01' AND time > '2026-11-01T09:30' AND time > today()").Where!).Of.Select(one => ((ComparisonTerm)one).Right));

    [Theory]
    [InlineData("time >= '2026-11-01T00:00:00Z' AND time < '2026-11-02T00:00:00Z'", "2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z")]
    [InlineData("time > '2026-11-01T00:00:00Z' AND time <= '2026-11-02T00:00:00Z'", "2026-11-01T00:00:00.001Z", "2026-11-02T00:00:00.001Z")]
    [InlineData("country = 'DE' AND (time BETWEEN '2026-11-01T00:00:00Z' AND '2026-11-02T00:00:00Z' AND time > '2026-11-01T12:00:00Z')", "2026-11-01T12:00:00.001Z", "2026-11-02T00:00:00.001Z")]
    [InlineData("'2026-11-01T00:00:00Z' = time", "2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00.001Z")]
    [InlineData("time >= '2026-11-01T00:00:00Z' OR country = 'DE'", null, null)]
    [InlineData("NOT time >= '2026-11-01T00:00:00Z'", null, null)]
    [InlineData("time != '2026-11-01T00:00:00Z'", null, null)]
    public void The_time_that_is_read_is_what_every_row_has_to_fit(string where, string? start, string? end)
    {
        static string? Text(DateTimeOffset? instant) => instant?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var query = Read($"SELECT name FROM events WHERE {where}");

        Assert.Equal((start, end), (Text(query.Start), Text(query.End)));
    }

    [Fact]
    public void A_range_beside_the_query_cuts_it_and_the_usual_one_gives_way_to_bounds_of_its_own()
    {
        DateTimeOffset Day(int day) => new(2026, 11, day, 0, 0, 0, TimeSpan.Zero);
        var asked = new TimeRange(Day(10), Day(20));
        TimeRange Of(string where, bool isAsked, DateTimeOffset? first = null) => Read($"SELECT name FROM events WHERE {where}").RangeWithin(asked, isAsked, first);

        Assert.Equal(asked, Of("country = 'DE'", isAsked: false));
        Assert.Equal(new(Day(1), Day(20)), Of("time >= '2026-11-01T00:00:00Z'", isAsked: false));
        Assert.Equal(asked, Of("time >= '2026-11-01T00:00:00Z'", isAsked: true));
        Assert.Equal(new(Day(12), Day(20)), Of("time >= '2026-11-12T00:00:00Z'", isAsked: true));
        Assert.Equal(new(Day(2), Day(5)), Of("time < '2026-11-05T00:00:00Z'", isAsked: false, first: Day(2)));
        Assert.Equal(new(Day(5), Day(5)), Of("time < '2026-11-05T00:00:00Z'", isAsked: false));
        Assert.Equal(new(Day(25), Day(25)), Of("time >= '2026-11-25T00:00:00Z'", isAsked: true));
        Assert.Equal(new(Day(11), Day(11).AddSeconds(1)), Of("time = '2026-11-11T00:00:00.500Z'", isAsked: true));
    }

    [Fact]
    public void The_columns_that_are_read_are_told() =>
        Assert.Equal(["time", "country", "properties.plan"], Read("SELECT day(time) d, count() FROM events WHERE properties.plan = 'x' AND country = 'DE' GROUP BY d").Columns);

    [Theory]
    [InlineData("SELECT count() FROM events", false)]
    [InlineData("SELECT count() FROM events WHERE name = 'stock_level'", true)]
    [InlineData("SELECT countIf(name IN ('stock_level')) FROM events", true)]
    public void Stock_levels_count_where_they_are_named(string text, bool isNamed) => Assert.Equal(isNamed, Read(text).NamesStockLevels);
}
