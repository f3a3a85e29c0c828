using System.Globalization;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Behind;

/// <summary>An event of a user that was looked up.</summary>
/// <param name="User">Whose.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Place">Which of two events of one millisecond came first.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Fits">Bit k: it is an event of kind k.</param>
internal readonly record struct FoundEvent(string User, long At, long Place, string Id, string Name, uint Fits)
{
    /// <summary>As it is told.</summary>
    public BehindEvent Told(int? step = null) => new(DateTimeOffset.FromUnixTimeMilliseconds(At), Id, Name, step);
}

/// <summary>Looks up the events of the few users of a part: who they are is known already.</summary>
internal static class EventLookup
{
    /// <summary>Events told of one item. Default: enough to see what happened; the item's address lists them all.</summary>
    public const int MostTold = 20;

    /// <summary>Their events, in order.</summary>
    /// <param name="store">Where.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="scope">With bots or without.</param>
    /// <param name="range">When.</param>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="users">Whose.</param>
    /// <param name="kinds">Events of at least one of these; all where there are none.</param>
    /// <param name="most">Most events of a user, the first ones.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ILookup<string, FoundEvent>> OfAsync(
        QuestionStore store, long tenant, QuestionScope scope, TimeRange range, Filter? filter, IReadOnlyCollection<string> users, IReadOnlyList<FunnelStep> kinds, int most, CancellationToken cancel)
    {
        var statement = new Statement().Add($"SELECT user_id, at, place, id, event, fits FROM (SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, ");
        statement.Add("toString(event_id) AS id, name AS event, toUInt32(").Add(kinds.Count == 0 ? "1" : "");
        var number = 0;
        statement.Join(" + ", kinds, kind => statement.Add($"{new Sql((1u << number++).ToString(CultureInfo.InvariantCulture))} * {EventSql.Condition(statement, kind.Event, kind.Filter)}")).Add(") AS fits");
        RowsSql.Of(statement, Facts.Events, scope, range, filter);
        EventSql.Names(statement, kinds.Count == 0 ? [null] : kinds.Select(kind => kind.Event));
        statement.Add($" AND user_id IN {users.Distinct(StringComparer.Ordinal):Array(String)}) WHERE fits != 0 ORDER BY user_id, at, place LIMIT {(long)most:UInt32} BY user_id");
        return await AskAsync(store, tenant, statement, users, cancel).ConfigureAwait(false);
    }

    /// <summary>The events of some users at some moments, by user, moment and place; only those of a kind where one is given.</summary>
    public static async Task<IReadOnlyDictionary<(string User, long At, long Place), FoundEvent>> AtAsync(
        QuestionStore store, long tenant, QuestionScope scope, IReadOnlyCollection<(string User, long At)> moments, CancellationToken cancel, FunnelStep? kind = null)
    {
        if (moments.Count == 0)
        {
            return new Dictionary<(string User, long At, long Place), FoundEvent>();
        }

        var (first, last) = (moments.Min(one => one.At), moments.Max(one => one.At));
        string[] users = [.. moments.Select(one => one.User).Distinct(StringComparer.Ordinal)];
        var statement = new Statement().Add($"SELECT user_id, toUnixTimestamp64Milli(event_time), {EventSql.Place}, toString(event_id), name, 1");
        RowsSql.Of(statement, Facts.Events, scope with { WithBots = true }, Seconds(first, last), null);
        EventSql.Names(statement, [null]);
        var times = new Sql(statement.Value(moments.Select(one => one.At).Distinct().ToArray(), "Array(Int64)"));
        statement.Add($" AND user_id IN {users:Array(String)} AND toUnixTimestamp64Milli(event_time) IN {times} AND {EventSql.Condition(statement, kind?.Event, kind?.Filter)}");
        var found = await AskAsync(store, tenant, statement, users, cancel).ConfigureAwait(false);
        return found.SelectMany(user => user).DistinctBy(one => (one.User, one.At, one.Place)).ToDictionary(one => (one.User, one.At, one.Place));
    }

    /// <summary>Some of the events that were looked up; one that has expired in between is left out.</summary>
    public static IReadOnlyList<BehindEvent> Told(
        IReadOnlyDictionary<(string User, long At, long Place), FoundEvent> found, string user, IEnumerable<(long At, long Place, int? Step)> events) =>
        [.. events.Where(one => found.ContainsKey((user, one.At, one.Place))).Select(one => found[(user, one.At, one.Place)].Told(one.Step))];

    /// <summary>Whole seconds around two moments.</summary>
    public static TimeRange Seconds(long first, long last) =>
        new(DateTimeOffset.FromUnixTimeSeconds(first / 1000), DateTimeOffset.FromUnixTimeSeconds((last / 1000) + 1));

    private static async Task<ILookup<string, FoundEvent>> AskAsync(QuestionStore store, long tenant, Statement statement, IReadOnlyCollection<string> users, CancellationToken cancel)
    {
        List<FoundEvent> found = users.Count == 0 ? [] : await store.AskAsync(
            tenant,
            statement,
            row => new FoundEvent(row[0].GetString()!, row[1].GetInt64(), row[2].GetInt64(), row[3].GetString()!, row[4].GetString()!, row[5].GetUInt32()),
            cancel).ConfigureAwait(false);
        return found.ToLookup(one => one.User, StringComparer.Ordinal);
    }
}
