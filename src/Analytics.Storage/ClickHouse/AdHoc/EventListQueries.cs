using System.Text.Json;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.AdHoc;

/// <summary>A part of a list of events, or of lines of orders, newest first.</summary>
/// <param name="Rows">Field by field, as they are called in questions.</param>
/// <param name="Next">After which the next part begins; null at the end.</param>
public sealed record EventPage(IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows, EventCursor? Next);

/// <summary>Lists the events behind a figure.</summary>
/// <remarks>
/// Parts go on after the last event of the one before, by time and id, so that new events neither repeat nor hide any. Any thread.
/// <see cref="ClickHouseUnavailableException"/> and <see cref="QuestionRefusedException"/> pass.
/// </remarks>
public sealed class EventListQueries(QuestionStore store)
{
    private static readonly string[] EventColumns =
    [
        "name", "user_id", "session_id", "country", "device", "source", "campaign", "browser", "os", "url", "referrer", "product_id", "order_id", "currency", "units", "revenue", "is_bot",
        "bot_rule", "properties",
    ];

    private static readonly string[] LineColumns = ["line", "order_id", "status", "user_id", "product_id", "quantity", "currency", "unit_price", "discount", "revenue"];

    /// <summary>The part after <paramref name="after"/>.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="table"><see cref="Facts.Events"/> or <see cref="Facts.OrderLines"/>.</param>
    /// <param name="scope">When, and with bots or without.</param>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="after">Null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<EventPage> PageAsync(long tenant, Facts table, QuestionScope scope, Filter? filter, EventCursor? after, int limit, CancellationToken cancel)
    {
        var columns = table == Facts.OrderLines ? LineColumns : EventColumns;
        var rows = await store.AskAsync(tenant, Statement(table, columns, scope, filter, after, limit), row => RowOf(row, columns), cancel).ConfigureAwait(false);
        return rows.Count <= limit ? new(rows, null) : new(rows[..limit], CursorOf(rows[limit - 1]));
    }

    internal static Statement Statement(Facts table, string[] columns, QuestionScope scope, Filter? filter, EventCursor? after, int limit)
    {
        var statement = new Statement().Add("SELECT toUnixTimestamp64Milli(event_time), toString(event_id)").Add(string.Concat(columns.Select(column => ", " + column)));
        var key = table == Facts.OrderLines ? "event_time, event_id, line" : "event_time, event_id";
        RowsSql.Of(statement, table, scope, UpTo(scope.Range, after), filter);
        if (table == Facts.Events && !NamesStockLevels(filter))
        {
            // A state of the shop; nobody did it.
            statement.Add(" AND name != 'stock_level'");
        }

        if (after is { } last)
        {
            var place = $"{statement.Value(last.Time, "DateTime64(3, 'UTC')")}, {statement.Value(last.Event, "UUID")}" + (table == Facts.OrderLines ? ", " + statement.Value(last.Line, "UInt32") : "");
            statement.Add($" AND ({new Sql(key)}) < ({new Sql(place)})");
        }

        return statement.Add(" ORDER BY ").Add(key.Replace(",", " DESC,", StringComparison.Ordinal)).Add($" DESC LIMIT {limit + 1L:UInt32}");
    }

    // The days after the place need not be read.
    private static TimeRange UpTo(TimeRange range, EventCursor? after)
    {
        if (after is not { } last || last.Time >= range.End)
        {
            return range;
        }

        var end = DateTimeOffset.FromUnixTimeSeconds(last.Time.ToUnixTimeSeconds() + 1);
        return new(range.Start, end < range.Start ? range.Start : end < range.End ? end : range.End);
    }

    private static bool NamesStockLevels(Filter? filter) => filter switch
    {
        AllOf all => all.Filters.Any(NamesStockLevels),
        AnyOf any => any.Filters.Any(NamesStockLevels),
        Condition { Property.Name: "name" } condition => condition.Values.Any(value => value.Text == "stock_level"),
        _ => false,
    };

    private static Dictionary<string, object?> RowOf(JsonElement row, string[] columns)
    {
        var fields = new Dictionary<string, object?>(columns.Length + 2) { ["time"] = DateTimeOffset.FromUnixTimeMilliseconds(row[0].GetInt64()), ["event_id"] = row[1].GetString() };
        var currency = row[2 + Array.IndexOf(columns, "currency")].GetString()!;
        for (var index = 0; index < columns.Length; index++)
        {
            var value = row[index + 2];
            fields[columns[index]] = columns[index] switch
            {
                "is_bot" => value.GetInt64() == 1,
                "revenue" or "discount" or "unit_price" => Currencies.Major(value.GetInt64(), currency),
                "properties" => value.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString()),
                _ => value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetInt64(),
            };
        }

        return fields;
    }

    private static EventCursor CursorOf(Dictionary<string, object?> row) =>
        new((DateTimeOffset)row["time"]!, Guid.Parse((string)row["event_id"]!), row.TryGetValue("line", out var line) ? (int)(long)line! : 0);
}
