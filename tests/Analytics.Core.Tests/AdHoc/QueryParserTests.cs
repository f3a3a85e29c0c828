using Analytics.Core.AdHoc;
using static Analytics.Core.Tests.AdHoc.Queries;

namespace Analytics.Core.Tests.AdHoc;

/// <summary>Each rule of the grammar, and where it says that a text does not follow it.</summary>
public sealed class QueryParserTests
{
    [Theory]
    [InlineData("query", "SELECT count() FROM events")]
    [InlineData("query", "select COUNT(*) from EVENTS where country = 'DE' group by country having count() > 1 order by country limit 5;")]
    [InlineData("query", "EXPLAIN SELECT count() FROM orders")]
    [InlineData("query", "SELECT count() -- a comment\nFROM events -- another")]
    [InlineData("item", "SELECT count() AS n, uniq(user_id) users, sum(revenue) AS \"Revenue, all\" FROM events")]
    [InlineData("condition", "SELECT name FROM events WHERE country = 'DE' OR country = 'AT' AND NOT (device = 'mobile' OR is_bot)")]
    [InlineData("negation", "SELECT name FROM events WHERE NOT NOT is_bot")]
    [InlineData("comparison", "SELECT name FROM events WHERE units = 1 AND units != 2 AND units <> 3 AND units < 4 AND units <= 5 AND units > 6 AND units >= 7")]
    [InlineData("comparison", "SELECT name FROM events WHERE country IN ('DE', 'AT') AND device NOT IN ('tablet')")]
    [InlineData("comparison", "SELECT name FROM events WHERE units BETWEEN 1 AND 5 AND revenue NOT BETWEEN 1 AND 2")]
    [InlineData("comparison", "SELECT name FROM events WHERE url LIKE '%a\\_b' AND url NOT LIKE 'x' AND url ILIKE 'y' AND url CONTAINS 'z' AND url MATCHES '^w'")]
    [InlineData("comparison", "SELECT name FROM events WHERE campaign IS NULL AND product_id IS NOT NULL")]
    [InlineData("comparison", "SELECT name FROM events WHERE 5 < units AND '2026-01-01' <= time")]
    [InlineData("sum", "SELECT sum(revenue) / count() * 2 + 1 - -1 AS x FROM events")]
    [InlineData("unary", "SELECT name FROM events WHERE units > -(-1.5e1)")]
    [InlineData("name", "SELECT properties.plan, properties.\"my key\" FROM events WHERE is_bot = false OR is_bot = TRUE")]
    [InlineData("duration", "SELECT name FROM events WHERE time > now() - 7d AND time < today() + 24h")]
    [InlineData("call", "SELECT count(DISTINCT user_id), countIf(name = 'signup'), quantile(revenue, 0.9), p95If(revenue, units > 1) FROM events")]
    [InlineData("text", "SELECT name FROM events WHERE campaign = 'it''s' AND url = 'a\nb' AND referrer = '--'")]
    [InlineData("list", "SELECT day(time), country, count() FROM events GROUP BY 1, country ORDER BY 3 DESC, 1 ASC")]
    public void The_grammar_takes(string rule, string text) => Assert.True(Read(text).Outputs.Count > 0, rule);

    [Theory]
    [InlineData("", 1, 1, "Expected SELECT; found the end.")]
    [InlineData("SELEC count() FROM events", 1, 1, "Did you mean SELECT?")]
    [InlineData("SELECT", 1, 7, "Expected a column, a value or a function; found the end.")]
    [InlineData("SELECT * FROM events", 1, 8, "Name the columns")]
    [InlineData("SELECT count()", 1, 15, "Expected FROM; found the end.")]
    [InlineData("SELECT count() FORM events", 1, 16, "Did you mean FROM?")]
    [InlineData("SELECT count() FROM", 1, 20, "Expected events, orders, order_lines or sessions; found the end.")]
    [InlineData("SELECT count() FROM event", 1, 21, "Did you mean events?")]
    [InlineData("SELECT count() FROM system.tables", 1, 27, "found '.'")]
    [InlineData("SELECT count() FROM events WHERE", 1, 33, "found the end")]
    [InlineData("SELECT count() FROM events WHERE country", 1, 34, "Expected a condition in WHERE")]
    [InlineData("SELECT count() FROM events WHERE country = ", 1, 44, "found the end")]
    [InlineData("SELECT count()\nFROM events\nWHERE county = 'DE'", 3, 7, "Did you mean country?")]
    [InlineData("SELECT count() FROM events WHERE country = 'DE", 1, 44, "Expected ' at the end of a text")]
    [InlineData("SELECT count() FROM events WHERE (country = 'DE'", 1, 49, "Expected ')'")]
    [InlineData("SELECT count() FROM events WHERE country = DE", 1, 44, "Texts stand in single quotes.")]
    [InlineData("SELECT count() FROM events WHERE country = \"DE\"", 1, 44, "Texts stand in single quotes.")]
    [InlineData("SELECT count() FROM events WHERE country NOT 'DE'", 1, 46, "after NOT")]
    [InlineData("SELECT count() FROM events WHERE country IS 'DE'", 1, 45, "Expected NULL")]
    [InlineData("SELECT count() FROM events GROUP country", 1, 34, "It is GROUP BY.")]
    [InlineData("SELECT count() FROM events ORDER BY 1 WHERE units = 1", 1, 39, "The order is WHERE, GROUP BY")]
    [InlineData("SELECT count() FROM events LIMIT 5 OFFSET 5", 1, 36, "There is no OFFSET")]
    [InlineData("SELECT count() FROM events UNION SELECT count() FROM events", 1, 28, "A query reads one source.")]
    [InlineData("SELECT count() FROM events; SELECT count() FROM events", 1, 29, "or the end; found 'SELECT'")]
    [InlineData("SELECT count() FROM events LIMIT 0", 1, 34, "from 1 to 10000")]
    [InlineData("SELECT count() FROM events LIMIT x", 1, 34, "Expected a number of rows")]
    [InlineData("SELECT cuont() FROM events", 1, 8, "Did you mean count?")]
    [InlineData("SELECT sleep(3) FROM events", 1, 8, "Expected a function; found 'sleep()'")]
    [InlineData("SELECT name FROM events WHERE units = 7x", 1, 39, "Expected a number, or a duration")]
    [InlineData("SELECT name FROM events WHERE units = 1.2.3", 1, 39, "Expected a number")]
    [InlineData("SELECT name FROM events WHERE units = 1e999", 1, 39, "Expected a number")]
    [InlineData("SELECT name FROM events WHERE units % 2 = 0", 1, 37, "found '%'")]
    [InlineData("SELECT e.name FROM events", 1, 8, "without a table before it")]
    [InlineData("SELECT name FROM events WHERE country = :cuntry", 1, 41, "in parameters")]
    public void A_text_that_does_not_follow_it_is_refused_with_its_place(string text, int line, int column, string message)
    {
        var refused = Refused(text);

        Assert.Equal(new QueryPlace(line, column), refused.Place);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_so_deep_or_long_that_it_overflows()
    {
        string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
        Assert.Contains("levels", Refused($"SELECT name FROM events WHERE {Repeated("(", 1_900)}").Message, StringComparison.Ordinal);
        Assert.Contains("levels", Refused($"SELECT name FROM events WHERE {Repeated("NOT ", 1_900)} is_bot").Message, StringComparison.Ordinal);
        Assert.Contains("levels", Refused($"SELECT name FROM events WHERE units = {Repeated("- ", 1_900)} 1").Message, StringComparison.Ordinal);
        Assert.Contains("levels", Refused($"SELECT {Repeated("lower(", 900)}").Message, StringComparison.Ordinal);
        Assert.Contains("signs of arithmetic", Refused($"SELECT units {Repeated("+1", 900)} AS x FROM events").Message, StringComparison.Ordinal);
        Assert.Contains("words and symbols", Refused(Repeated("- ", 2_100)).Message, StringComparison.Ordinal);
        Assert.Contains("characters", Refused(new string(' ', 10_001)).Message, StringComparison.Ordinal);
        Assert.Contains("at most 32 items", Refused($"SELECT {Repeated("units, ", 40)} units FROM events").Message, StringComparison.Ordinal);
        Assert.Contains("at most 500 items", Refused($"SELECT name FROM events WHERE units IN (1{Repeated(",1", 600)})").Message, StringComparison.Ordinal);
        Assert.Equal(901, ((JunctionTerm)Read($"SELECT name FROM events WHERE is_bot{Repeated(" OR is_bot", 900)}").Where!).Of.Count);
    }

    [Fact]
    public void Values_beside_the_query_stand_for_their_names()
    {
        var query = Read(
            "SELECT name FROM events WHERE country IN :countries AND units >= :least AND is_bot = :bots AND campaign = :campaign",
            ("countries", new([new("DE"), new("AT")], true)), ("least", new([new(null, 2)], false)), ("bots", new([new(null, null, true)], false)), ("campaign", new([new("' OR 1 = 1 --")], false)));

        var conditions = ((JunctionTerm)query.Where!).Of;
        Assert.Equal([new TextTerm("DE"), new TextTerm("AT")], ((MemberTerm)conditions[0]).Values);
        Assert.Equal(new NumberTerm(2, TermType.Number), ((ComparisonTerm)conditions[1]).Right);
        Assert.Equal(new FlagTerm(true), ((ComparisonTerm)conditions[2]).Right);
        Assert.Equal(new TextTerm("' OR 1 = 1 --"), ((ComparisonTerm)conditions[3]).Right);
    }

    [Fact]
    public void A_list_beside_the_query_stands_after_in_only() => Assert.Contains(
        "Expected a single value for ':c'; found a list.", Refused("SELECT name FROM events WHERE country = :c", ("c", new([new("DE")], true))).Message, StringComparison.Ordinal);

    [Fact]
    public void And_binds_closer_than_or_and_multiplication_closer_than_addition()
    {
        var any = Assert.IsType<JunctionTerm>(Read("SELECT name FROM events WHERE is_bot OR units = 1 AND units = 2").Where);
        Assert.False(any.IsAnd);
        Assert.True(Assert.IsType<JunctionTerm>(any.Of[1]).IsAnd);
        var sum = Assert.IsType<ArithmeticTerm>(Read("SELECT units + units * 2 - 1 AS x FROM events").Outputs[0].Value);
        Assert.Equal('-', sum.Symbol);
        Assert.Equal('*', ((ArithmeticTerm)((ArithmeticTerm)sum.Left).Right).Symbol);
    }
}
