namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

/// <summary>Random texts: queries that follow the grammar, with texts in them that would break a statement that took them for SQL, and mutants of those.</summary>
internal sealed class MadeQueries(int seed)
{
    private static readonly string[] Texts =
    [
        "DE", "FR", "mobile", "page_view", "order_placed", "", "''", "'' OR 1 = 1 --", "'') OR tenant = 2 OR (''", "\\", "\\''", "{tenant:UInt64}", "{p0:String}", "` FROM events", "\" FROM cells",
        "; DROP TABLE events", "/*", "*/ OR 1", "$$ OR 1 $$", "\u0000", "\n", "\t", "é😀", "2", "1) UNION ALL SELECT", "%", "__other__", "u1", "o1", "p1",
    ];

    private static readonly Dictionary<string, (string[] Texts, string[] Numbers, string[] Flags)> Sources = new()
    {
        ["events"] = (["name", "country", "device", "source", "campaign", "page", "user_id", "order_id", "product_id", "currency", "event_id", "properties.plan", "properties.tenant", "properties.\"' OR 1 --\""], ["units", "revenue", "number(properties.plan)"], ["is_bot"]),
        ["orders"] = (["order_id", "status", "user_id", "currency"], ["lines", "units", "revenue", "discount"], []),
        ["order_lines"] = (["order_id", "status", "user_id", "product_id", "currency"], ["line", "quantity", "revenue", "discount", "unit_price"], []),
        ["sessions"] = (["user", "source", "campaign", "entry", "exit"], ["events", "page_views", "key_events", "orders", "duration"], ["is_bounce", "is_engaged", "is_bot"]),
    };

    private static readonly string[] Pieces =
    [
        "SELECT", "EXPLAIN", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "CONTAINS", "MATCHES", "IS NULL", "events", "orders", "sessions", "order_lines", "cells",
        "system.tables", "count()", "count(DISTINCT user_id)", "sum(revenue)", "day(time)", "now() - 7d", "time", "(", ")", ",", ".", ";", "'", "\"", "`", "=", "!=", "<", "1", "0.5", "1e9", "-", "*", "/", "+", "--", "/*", ":x",
        "properties.", "'DE'", "user_id", "\\", "\0", "\ud800", "é", "{tenant:UInt64}", "FORMAT CSV", "SETTINGS readonly = 0", "INTO OUTFILE 'x'", "\n", " ", "9999999999999999999999", "0x1F", "tenant",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A text that is most often a query.</summary>
    public string Query()
    {
        var (source, columns) = Of([.. Sources]);
        var isGrouped = _random.Next(3) > 0;
        var groups = isGrouped ? Enumerable.Range(0, _random.Next(3)).Select(_ => Group(columns.Texts)).Distinct().ToList() : [];
        var items = isGrouped
            ? groups.Concat(Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Aggregate(columns))).ToList()
            : [.. Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => Of("time", Group(columns.Texts), Of(columns.Numbers)))];
        var text = "SELECT " + string.Join(", ", items.Select((item, index) => $"{item} AS x{index}")) + " FROM " + source;
        text += _random.Next(4) > 0 ? " WHERE " + Condition(columns, 3) : "";
        text += groups.Count > 0 ? " GROUP BY " + string.Join(", ", groups.Select((_, index) => $"x{index}")) : "";
        text += isGrouped && _random.Next(3) == 0 ? $" HAVING {Aggregate(columns)} {Of("=", ">", "<", "!=")} {_random.Next(5)}" : "";
        text += _random.Next(2) == 0 ? $" ORDER BY {1 + _random.Next(items.Count)} {Of("", "DESC")}" : "";
        return text + (_random.Next(3) == 0 ? $" LIMIT {1 + _random.Next(20)}" : "");
    }

    /// <summary>A query of which some is cut out, put in, doubled or swapped.</summary>
    public string Mutant()
    {
        var text = Query();
        for (var changes = 1 + _random.Next(4); changes > 0 && text.Length > 0; changes--)
        {
            var (at, length) = (_random.Next(text.Length), _random.Next(12));
            var rest = text[Math.Min(text.Length, at + length)..];
            text = _random.Next(4) switch
            {
                0 => text[..at] + rest,
                1 => text[..at] + Of(Pieces) + text[at..],
                2 => text[..at] + Of(Pieces) + rest,
                _ => text[..Math.Min(text.Length, at + length)] + text[at..],
            };
        }

        return text;
    }

    /// <summary>Words of the grammar, and others, in any order.</summary>
    public string Noise() => string.Join(_random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, _random.Next(40)).Select(_ => Of(Pieces)));

    private string Aggregate((string[] Texts, string[] Numbers, string[] Flags) columns) => _random.Next(7) switch
    {
        0 => "count()",
        1 => $"{Of("sum", "avg", "min", "max", "median", "p90")}({Of(columns.Numbers)})",
        2 => $"uniq({Of(columns.Texts)})",
        3 => $"countIf({Condition(columns, 1)})",
        4 => $"{Of("sumIf", "avgIf", "uniqIf", "p75If")}({Of(columns.Numbers)}, {Condition(columns, 1)})",
        5 => Of("min(time)", "max(time)", "(max(time) - min(time))", "uniq(day(time))"),
        _ => $"(count() / uniq({Of(columns.Texts)}))",
    };

    private string Group(string[] texts) => _random.Next(4) switch
    {
        0 => Of("minute", "hour", "day", "week", "month") + "(time)",
        1 => Of("lower", "upper") + $"({Of(texts)})",
        2 => Of("weekday(time)", "hour_of_day(time)"),
        _ => Of(texts),
    };

    private string Condition((string[] Texts, string[] Numbers, string[] Flags) columns, int depth) => _random.Next(depth > 0 ? 12 : 9) switch
    {
        0 => $"{Of(columns.Texts)} {Of("=", "!=")} {Text()}",
        1 => $"{Of(columns.Texts)} {Of("IN", "NOT IN")} ({Text()}, {Text()})",
        2 => $"{Of(columns.Texts)} {Of("CONTAINS", "NOT CONTAINS", "LIKE", "ILIKE", "MATCHES")} {Text()}",
        3 => $"{Of(columns.Texts)} {Of("IS NULL", "IS NOT NULL")}",
        4 => $"{Of(columns.Numbers)} {Of("=", "!=", "<", "<=", ">", ">=")} {_random.Next(-3, 60)}",
        5 => $"{Of(columns.Numbers)} {Of("BETWEEN", "NOT BETWEEN")} {_random.Next(5)} AND {_random.Next(80)}.5",
        6 => $"{Of(columns.Numbers)} {Of("IS NULL", "IS NOT NULL")}",
        7 => columns.Flags.Length > 0 ? Of(columns.Flags) + Of("", " = true", " = 0") : $"time > '2026-03-01'",
        8 => $"time {Of("<", "<=", ">", ">=", "!=")} '2026-03-0{1 + _random.Next(4)}T1{_random.Next(10)}:00:00Z'",
        9 => $"NOT {Condition(columns, 0)}",
        _ => $"({Condition(columns, depth - 1)} {Of("AND", "OR")} {Condition(columns, depth - 1)})",
    };

    private string Text() => $"'{Of(Texts)}'";

    private T Of<T>(params T[] some) => some[_random.Next(some.Length)];
}
