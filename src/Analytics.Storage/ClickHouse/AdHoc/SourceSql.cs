using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.AdHoc;

/// <summary>Where the sources and columns of queries stand in the tables. The only place that makes an identifier of one.</summary>
internal static class SourceSql
{
    /// <summary>The table that is read.</summary>
    public static string TableOf(QuerySource source) => source.Name switch
    {
        "events" => "events",
        "orders" or "order_lines" => "order_lines",
        "sessions" => "session_cells",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source.Name, "Not a source."),
    };

    /// <summary>A column as an expression; amounts are of the reporting currency, and unknown where they cannot be converted.</summary>
    public static string Column(Statement statement, QuerySource source, QueryColumn column, Conversion? conversion)
    {
        var (plain, currency) = (Stored(source, column), CurrencyOf(source));
        return column.Type != TermType.Money ? plain
            : conversion is null ? $"if({currency} = {{currency:String}}, {plain}, NULL)"
            : $"if({currency} = '', NULL, {MoneySql.Value(statement, plain, TimeOf(source), conversion, currency)})";
    }

    /// <summary>The column of the currency of a source's amounts.</summary>
    public static string CurrencyOf(QuerySource source) => source.Name == "orders" ? "order_currency" : "currency";

    /// <summary>The column of the time by whose day a source's amounts are converted.</summary>
    public static string TimeOf(QuerySource source) => source.Name == "orders" ? "order_time" : "event_time";

    /// <summary>A column as it is stored; amounts in their own currency.</summary>
    public static string Stored(QuerySource source, QueryColumn column)
    {
        // By the catalogue's object, not by the name that came in.
        var name = source.Columns.Single(known => known.Name == column.Name).Name;
        return source.Name switch
        {
            "events" => Event(name),
            "orders" => name == "order_id" ? name : "order_" + name,
            "order_lines" => name == "time" ? "event_time" : name,
            "sessions" => Session(name),
            _ => throw new ArgumentOutOfRangeException(nameof(source), source.Name, "Not a source."),
        };
    }

    /// <summary>The columns of the tables behind a column: what an estimate of bytes counts.</summary>
    public static IEnumerable<string> Behind(QuerySource source, string column) => source.Name switch
    {
        "events" when column.StartsWith("properties.", StringComparison.Ordinal) => ["properties"],
        "events" => column switch { "time" => ["event_time"], "page" => ["url"], "revenue" => ["revenue", "currency"], _ => [column] },
        "orders" or "order_lines" => column switch { "time" => ["event_time"], "lines" => ["line"], "units" => ["quantity"], "revenue" or "discount" or "unit_price" => [column, "currency"], _ => [column] },
        // The chain needs them all.
        "sessions" => ["user", "session", "window", "first_at", "last_at", "events", "page_views", "key_events", "orders", "is_bot", "source", "campaign", "entry", "exit"],
        _ => throw new ArgumentOutOfRangeException(nameof(source), source.Name, "Not a source."),
    };

    /// <summary>What parts equal rows, so that the same query gives the same order.</summary>
    public static string Key(QuerySource source) => source.Name switch
    {
        "events" => "event_time, event_id",
        "orders" => "order_time, order_id, order_status",
        "order_lines" => "event_time, order_id, status, line",
        "sessions" => "start, user, session",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source.Name, "Not a source."),
    };

    /// <summary>Adds FROM and WHERE; further conditions follow with AND.</summary>
    public static void From(Statement statement, AdHocQuery query, QuestionScope scope, TimeRange range)
    {
        switch (query.Source.Name)
        {
            case "events":
                RowsSql.Of(statement, Facts.Events, scope, range, null);
                // A state of the shop; nobody did it.
                statement.Add(query.NamesStockLevels ? "" : " AND name != 'stock_level'");
                break;
            case "order_lines":
                RowsSql.Of(statement, Facts.OrderLines, scope, range, null);
                break;
            case "orders":
                statement.Add(
                    """
                     FROM (SELECT order_id, status AS order_status, any(event_time) AS order_time, any(user_id) AS order_user_id, any(currency) AS order_currency,
                    count() AS order_lines, sum(quantity) AS order_units, sum(revenue) AS order_revenue, sum(discount) AS order_discount
                    """);
                RowsSql.Of(statement, Facts.OrderLines, scope, range, null);
                statement.Add(" GROUP BY order_id, status, event_id) WHERE 1");
                break;
            case "sessions":
                statement.Set("start", range.Start);
                statement.Set("end", range.End);
                statement.Set("bots", scope.WithBots ? 1 : 0);
                statement.Add($" FROM ({new Sql(SessionQueries.Chained)}) WHERE 1");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(query), query.Source.Name, "Not a source.");
        }
    }

    private static string Event(string name) => name switch
    {
        "time" => "event_time",
        "event_id" => "toString(event_id)",
        "page" => "cutQueryStringAndFragment(url)",
        _ => name,
    };

    private static string Session(string name) => name switch
    {
        "time" => "fromUnixTimestamp64Milli(start, 'UTC')",
        "end_time" => "fromUnixTimestamp64Milli(stop, 'UTC')",
        "duration" => "((stop - start) / 1000)",
        "user" => "toString(user)",
        "source" => "head.5",
        "campaign" => "head.6",
        "entry" => "entry.5",
        "exit" => "leave.5",
        "is_bounce" => "(events = 1)",
        "is_engaged" => "(stop - start > 10000 OR page_views >= 2 OR key_events > 0)",
        _ => name,
    };
}
