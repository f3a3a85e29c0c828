using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Reads where users go, user by user. Any thread; throws as <see cref="QuestionStore"/>.</summary>
public sealed class PathQueries(QuestionStore store)
{
    /// <summary>The links of paths, and how many paths there are.</summary>
    public async Task<(long Paths, IReadOnlyList<PathLink> Links)> OfAsync(long tenant, PathQuestion question, CancellationToken cancel)
    {
        var scan = new PathScan(question);
        var events = new List<PathEvent>();
        await foreach (var count in store.StreamAsync(tenant, StatementOf(question), row =>
        {
            Read(row, events);
            scan.Add(events);
            return events.Count;
        }, cancel).ConfigureAwait(false))
        {
            _ = count;
        }

        return (scan.Paths, scan.Links());
    }

    /// <summary>The events of a row of <see cref="StatementOf"/>.</summary>
    internal static void Read(JsonElement row, List<PathEvent> events)
    {
        events.Clear();
        var (times, places, labels, anchors) = (row[0].EnumerateArray(), row[1].EnumerateArray(), row[2].EnumerateArray(), row[3].EnumerateArray());
        while (times.MoveNext() && places.MoveNext() && labels.MoveNext() && anchors.MoveNext())
        {
            events.Add(new(times.Current.GetInt64(), places.Current.GetInt64(), labels.Current.GetString()!, anchors.Current.GetInt32() == 1));
        }
    }

    /// <summary>One row for each user with a path: times, places, labels, and whether a path begins there.</summary>
    /// <param name="question">The question.</param>
    /// <param name="from">Where users are listed: those from this one on, in order, and who they are behind the other columns. Null where they are only counted.</param>
    internal static Statement StatementOf(PathQuestion question, string? from = null)
    {
        var statement = new Statement();
        statement.Add("SELECT groupArray(at), groupArray(place), groupArray(label), groupArray(is_anchor)").Add(from is null ? "" : ", user_id");
        statement.Add($" FROM (SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, {Columns.Label(statement, question.By, Facts.Events)} AS label, ");
        statement.Add($"{EventSql.Condition(statement, question.Anchor.Event, question.Anchor.Filter)} AS is_anchor");
        RowsSql.Of(statement, Facts.Events, question.Scope, question.Scope.Range, question.Filter);
        EventSql.Names(statement, [null]);
        if (from is not null)
        {
            statement.Add($" AND user_id >= {from:String}");
        }

        statement.Add(") WHERE label != '' GROUP BY user_id HAVING max(is_anchor) = 1");
        return from is null ? statement : statement.Add(" ORDER BY user_id");
    }
}
