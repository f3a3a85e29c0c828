using System.Globalization;
using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.ClickHouse.Sellers;

namespace Analytics.Storage.ClickHouse.Behind;

/// <summary>Which visits.</summary>
public enum SessionFigure
{
    /// <summary>All.</summary>
    Sessions,

    /// <summary>Those of a single event.</summary>
    Bounces,

    /// <summary>Longer than 10 seconds, or of two pages or more, or with a key event.</summary>
    Engaged,
}

/// <summary>A figure of visits.</summary>
/// <param name="Figure">Which of them.</param>
/// <param name="By">What they are grouped by.</param>
/// <param name="Label">The group; null for all.</param>
public sealed record SessionPoint(SessionFigure Figure, SessionGroup By, string? Label);

/// <summary>Lists the visits behind a figure, in order of their start, each with its events.</summary>
/// <remarks>
/// Cells of visits name users by a hash that ClickHouse cannot make of an id, so who a visit is of is found by the events of the millisecond in which it starts: they are
/// few, and hashed here as the worker hashes them. Any thread. Throws as <see cref="QuestionStore"/>.
/// </remarks>
public sealed class SessionListQueries(QuestionStore store)
{
    // Events of one user in the visits of a part: a hundred such users are still an answer.
    private const long MostSearched = 5_000;

    /// <summary>The part after a place.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="question">When, and with bots or without.</param>
    /// <param name="point">The figure.</param>
    /// <param name="after">Null for the first part.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BehindPage> PageAsync(long tenant, QuestionScope question, SessionPoint point, BehindCursor? after, int limit, CancellationToken cancel)
    {
        var scope = new FigureScope(tenant, question.Range, question.Zone, question.Currency, question.WithBots);
        var found = await store.AskAsync(
            tenant,
            StatementOf(scope, point, after, limit + 1),
            row => new Visit(Number(row[0].GetString()!), Number(row[1].GetString()!), row[2].GetInt64(), row[3].GetInt64(), row[4].GetInt64(), row[5].GetString()!),
            cancel).ConfigureAwait(false);
        var visits = found[..Math.Min(limit, found.Count)];
        var whose = await WhoseAsync(tenant, question, visits, cancel).ConfigureAwait(false);
        var events = await EventsAsync(tenant, question, visits, whose, cancel).ConfigureAwait(false);
        return BehindPage.Of(
            found,
            limit,
            visit => whose.TryGetValue((visit.User, visit.Session), out var who)
                ? new(who.User, visit.Label, events[visit], VisitOf(visit, who.Session))
                : new(null, visit.Label, [], VisitOf(visit, "")),
            visit => new(Text(visit.User), Text(visit.Session), visit.Start));
    }

    private static BehindVisit VisitOf(Visit visit, string session) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(visit.Start), DateTimeOffset.FromUnixTimeMilliseconds(visit.End), visit.Events, session);

    private static Statement StatementOf(FigureScope scope, SessionPoint point, BehindCursor? after, int limit)
    {
        var statement = SellerStatements.About(
            scope, $"SELECT toString(user), toString(session), start, stop, events, toString({SessionQueries.ColumnOf(point.By)}) AS label FROM ({SessionQueries.Chained}) WHERE 1");
        statement.Add(point.Figure switch
        {
            SessionFigure.Sessions => "",
            SessionFigure.Bounces => " AND " + SessionQueries.IsBounce,
            SessionFigure.Engaged => " AND " + SessionQueries.IsEngaged,
            _ => throw new ArgumentOutOfRangeException(nameof(point), point.Figure, "Not a figure of visits."),
        });
        if (point.Label is { } label)
        {
            statement.Add($" AND label = {label:String}");
        }

        if (after is { } last)
        {
            var place = new Sql($"{statement.Value(last.Number, "Int64")}, {statement.Value(Number(last.User), "UInt64")}, {statement.Value(Number(last.Label), "UInt64")}");
            statement.Add($" AND (start, user, session) > ({place})");
        }

        return statement.Add($" ORDER BY start, user, session LIMIT {(long)limit:UInt32}");
    }

    // The events of the milliseconds in which the visits start.
    private async Task<Dictionary<(ulong User, ulong Session), (string User, string Session)>> WhoseAsync(
        long tenant, QuestionScope question, List<Visit> visits, CancellationToken cancel)
    {
        var whose = new Dictionary<(ulong User, ulong Session), (string User, string Session)>();
        if (visits.Count == 0)
        {
            return whose;
        }

        var statement = new Statement().Add("SELECT DISTINCT user_id, session_id");
        RowsSql.Of(statement, Facts.Events, question with { WithBots = true }, EventLookup.Seconds(visits.Min(visit => visit.Start), visits.Max(visit => visit.Start)), null);
        EventSql.Names(statement, [null]);
        var starts = new Sql(statement.Value(visits.Select(visit => visit.Start).Distinct().ToArray(), "Array(Int64)"));
        statement.Add($" AND toUnixTimestamp64Milli(event_time) IN {starts}");
        foreach (var (user, session) in await store.AskAsync(tenant, statement, row => (row[0].GetString()!, row[1].GetString()!), cancel).ConfigureAwait(false))
        {
            whose[HashOf(user, session)] = (user, session);
        }

        return whose;
    }

    private async Task<Dictionary<Visit, IReadOnlyList<BehindEvent>>> EventsAsync(
        long tenant, QuestionScope question, List<Visit> visits, Dictionary<(ulong User, ulong Session), (string User, string Session)> whose, CancellationToken cancel)
    {
        if (visits.Count == 0)
        {
            return [];
        }

        string[] users = [.. visits.Where(visit => whose.ContainsKey((visit.User, visit.Session))).Select(visit => whose[(visit.User, visit.Session)].User).Distinct(StringComparer.Ordinal)];
        var statement = new Statement().Add($"SELECT user_id, session_id, toUnixTimestamp64Milli(event_time) AS at, toString(event_id), name, {EventSql.Place} AS place");
        RowsSql.Of(statement, Facts.Events, question with { WithBots = true }, EventLookup.Seconds(visits.Min(visit => visit.Start), visits.Max(visit => visit.End)), null);
        EventSql.Names(statement, [null]);
        // Between two visits of a part there may be many of the same user's that are not listed.
        var spans = new Sql(string.Join(" OR ", visits.Select(visit => $"toUnixTimestamp64Milli(event_time) BETWEEN {visit.Start.ToString(CultureInfo.InvariantCulture)} AND {visit.End.ToString(CultureInfo.InvariantCulture)}")));
        statement.Add($" AND user_id IN {users:Array(String)} AND ({spans}) ORDER BY user_id, session_id, at, place LIMIT {MostSearched:UInt32} BY user_id, session_id");
        var events = await store.AskAsync(
            tenant,
            statement,
            row => (User: row[0].GetString()!, Session: row[1].GetString()!, At: row[2].GetInt64(), Told: new BehindEvent(DateTimeOffset.FromUnixTimeMilliseconds(row[2].GetInt64()), row[3].GetString()!, row[4].GetString()!, null)),
            cancel).ConfigureAwait(false);
        var byUser = events.ToLookup(one => (one.User, one.Session));
        return visits.Distinct().ToDictionary(visit => visit, visit => (IReadOnlyList<BehindEvent>)
        [
            .. (whose.TryGetValue((visit.User, visit.Session), out var who) ? byUser[who] : []).Where(one => one.At >= visit.Start && one.At <= visit.End).Take(EventLookup.MostTold).Select(one => one.Told),
        ]);
    }

    // As the worker hashes them; 0 stands for no name.
    private static (ulong User, ulong Session) HashOf(string user, string session)
    {
        var hash = Hash64.Of(Encoding.UTF8.GetBytes(user));
        return (Math.Max(1, hash), session.Length == 0 ? 0 : Math.Max(1, Hash64.Mix(Hash64.Join(hash, Hash64.Of(Encoding.UTF8.GetBytes(session))))));
    }

    private static ulong Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Visit(ulong User, ulong Session, long Start, long End, long Events, string Label);
}
