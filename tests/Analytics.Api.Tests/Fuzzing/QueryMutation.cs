namespace Analytics.Api.Tests.Fuzzing;

/// <summary>Texts of the query language and of filters, put together and broken: most of a broken JSON string would be refused before the language is read.</summary>
internal static class QueryMutation
{
    private static readonly string[] Queries =
    [
        "SELECT day(time) AS d, country, count() AS n, uniq(user_id) FROM events WHERE name = 'order_placed' AND country IN ('DE', 'AT') GROUP BY d, country HAVING n > 1 ORDER BY d, n DESC LIMIT 10",
        "EXPLAIN SELECT sum(revenue) FROM orders WHERE status = 'placed' AND time >= now() - 7d",
        "SELECT product_id, sum(quantity), avg(unit_price) FROM order_lines WHERE NOT discount IS NULL GROUP BY 1",
        "SELECT entry, p90(duration), countIf(is_bounce) / count() FROM sessions GROUP BY entry ORDER BY 2",
        "SELECT time, properties.plan, number(properties.ms) * 2 FROM events WHERE url LIKE '%a%' OR page MATCHES '^/a' LIMIT 5",
    ];

    private static readonly string[] Filters = ["country=DE|AT;device!=desktop", "country=DE", "properties.plan~=pro", "revenue>10", "user_id?", "{\"property\":\"country\",\"op\":\"in\",\"value\":[\"DE\"]}", "[]"];

    private static readonly string[] Pieces =
    [
        "SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "MATCHES", "IS NULL", "events", "system.tables", "count()", "uniq(DISTINCT user_id)",
        "quantile(revenue, 0.9)", "(", ")", ",", ".", ";", "'", "\"", "`", "=", "!=", "|", "~", "?", "<", "1e400", "9223372036854775808", "0", "-", "*", "/", "--", "/*", ":status", "properties.", "'DE'", "\\", "\0", "\u00e9",
        "{tenant:UInt64}", "FORMAT CSV", "SETTINGS readonly = 0", "UNION ALL", "99999999999d", "now()", "'0001-01-01'", "'9999-12-31T23:59:59Z'", "tenant", "((((((((((((((((((((((((((((((((((((((((", "NOT NOT NOT NOT NOT NOT", "'(a+)+$'",
    ];

    /// <summary>A query, or what was one.</summary>
    public static string Query(Random random) => Broken(Queries[random.Next(Queries.Length)], random);

    /// <summary>A filter, or what was one.</summary>
    public static string Filter(Random random) => Broken(Filters[random.Next(Filters.Length)], random);

    private static string Broken(string text, Random random)
    {
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            var rest = text[Math.Min(text.Length, at + random.Next(12))..];
            text = random.Next(3) switch
            {
                0 => text[..at] + rest,
                1 => $"{text[..at]} {Pieces[random.Next(Pieces.Length)]} {text[at..]}",
                _ => text[..at] + Pieces[random.Next(Pieces.Length)] + rest,
            };
        }

        return text;
    }
}
