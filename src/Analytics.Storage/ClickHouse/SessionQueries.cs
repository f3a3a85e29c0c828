using System.Text.Json;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.ClickHouse.Sellers;

namespace Analytics.Storage.ClickHouse;

/// <summary>The sessions of a tenant, chained from <c>session_cells</c> at the time of asking, so that late events join theirs.</summary>
/// <remarks>
/// Cells of one user and half hour are first merged over chunks and partitions; then, for each user, in order of time, a cell that begins 30 minutes or more
/// after the last event of the session before it opens a new session, and so does one that begins 24 hours or more after the session's start. Cells of a
/// client's session id belong together whatever lies between them; the 24 hours hold for them as well. A session counts in the range that it starts
/// in, with all of its events. Any thread. Throws as <see cref="QuestionStore"/>, which binds every statement to the tenant.
/// </remarks>
public sealed class SessionQueries(QuestionStore store)
{
    internal const string IsBounce = "events = 1";
    internal const string IsEngaged = "(stop - start > 10000 OR page_views >= 2 OR key_events > 0)";

    // A session that began before the range takes events of the range with it: 48 hours back find its beginning, unless someone was active
    // for longer than a day without a pause of half an hour, which only programs are.
    internal const string Chained =
        """
        SELECT user, session, start,
            max(cell.2) AS stop, sum(cell.3) AS events, sum(cell.4) AS page_views, sum(cell.5) AS key_events, sum(cell.6) AS orders, max(cell.7) AS is_bot,
            min(cell.8) AS head, min(cell.9) AS entry, max(cell.10) AS leave
        FROM
        (
            SELECT user, session, arraySort(cell -> cell.1, groupArray(cell)) AS cells,
                arrayFold(
                    (chain, cell) -> if(
                        (session = 0 AND cell.1 - chain.2 >= 1800000) OR cell.1 - chain.1 >= 86400000,
                        (cell.1, cell.2, arrayPushBack(chain.3, cell.1)),
                        (chain.1, cell.2, arrayPushBack(chain.3, chain.1))),
                    cells, (toInt64(-86400000), toInt64(-86400000), emptyArrayInt64())).3 AS starts
            FROM
            (
                SELECT user, session,
                    (
                        toUnixTimestamp64Milli(min(first_at)), toUnixTimestamp64Milli(max(last_at)), sum(events), sum(page_views), sum(key_events), sum(orders), max(is_bot),
                        min((first_at, epoch, kafka_partition, chunk, toString(source), toString(campaign))),
                        min((toUnixTimestamp64Milli(coalesce(entry_at, toDateTime64('2106-01-01', 3, 'UTC'))), epoch, kafka_partition, chunk, entry)),
                        max((toUnixTimestamp64Milli(coalesce(exit_at, toDateTime64('1970-01-01', 3, 'UTC'))), epoch, kafka_partition, chunk, exit))
                    ) AS cell
                FROM session_cells FINAL
                WHERE window >= {start:DateTime('UTC')} - INTERVAL 48 HOUR AND window < {end:DateTime('UTC')} + INTERVAL 24 HOUR
                GROUP BY user, session, window
            )
            GROUP BY user, session
        )
        ARRAY JOIN cells AS cell, starts AS start
        WHERE start >= toUnixTimestamp({start:DateTime('UTC')}) * 1000 AND start < toUnixTimestamp({end:DateTime('UTC')}) * 1000
        GROUP BY user, session, start
        HAVING is_bot <= {bots:UInt8}
        """;

    /// <summary>The sessions that start in the range, in order of their start.</summary>
    /// <param name="scope">Whose, and when; with bots or without.</param>
    /// <param name="limit">Most sessions.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<Session>> ListAsync(FigureScope scope, int limit, CancellationToken cancel) => AskAsync(
        $$"""
        SELECT toString(user), toString(session), start, stop, events, page_views, key_events, orders, entry.5, leave.5, head.5, head.6, is_bot
        FROM ({{Chained}})
        ORDER BY start, user, session
        LIMIT {limit:UInt32}
        """, SessionOf, scope, limit, cancel);

    /// <summary>Figures of the sessions that start in the range, the largest group first.</summary>
    /// <param name="scope">Whose, and when; with bots or without.</param>
    /// <param name="group">What to group by.</param>
    /// <param name="limit">Most groups.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<SessionFigures>> FiguresAsync(FigureScope scope, SessionGroup group, int limit, CancellationToken cancel) => AskAsync(
        $$"""
        SELECT {{ColumnOf(group)}} AS label, count(), countIf({{IsBounce}}), countIf({{IsEngaged}}),
            sum(page_views), sum(orders), sum(stop - start)
        FROM ({{Chained}})
        GROUP BY label
        ORDER BY count() DESC, label
        LIMIT {limit:UInt32}
        """, FiguresOf, scope, limit, cancel);

    /// <summary>What sessions are grouped by, as a column of <see cref="Chained"/>.</summary>
    internal static string ColumnOf(SessionGroup group) => group switch
    {
        SessionGroup.All => "''",
        SessionGroup.Source => "head.5",
        SessionGroup.Campaign => "head.6",
        SessionGroup.Entry => "entry.5",
        SessionGroup.Exit => "leave.5",
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "Not a group."),
    };

    private static Session SessionOf(JsonElement row) => new(
        ulong.Parse(row[0].GetString()!, System.Globalization.CultureInfo.InvariantCulture),
        ulong.Parse(row[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset.FromUnixTimeMilliseconds(row[2].GetInt64()), DateTimeOffset.FromUnixTimeMilliseconds(row[3].GetInt64()),
        row[4].GetInt64(), row[5].GetInt64(), row[6].GetInt64(), row[7].GetInt64(),
        row[8].GetString()!, row[9].GetString()!, row[10].GetString()!, row[11].GetString()!, row[12].GetInt32() == 1);

    private static SessionFigures FiguresOf(JsonElement row) => new(
        row[0].GetString()!, row[1].GetInt64(), row[2].GetInt64(), row[3].GetInt64(), row[4].GetInt64(), row[5].GetInt64(),
        TimeSpan.FromMilliseconds(row[6].GetInt64()));

    private Task<List<T>> AskAsync<T>(string sql, Func<JsonElement, T> read, FigureScope scope, int limit, CancellationToken cancel)
    {
        var statement = SellerStatements.About(scope, sql);
        statement.Set("limit", limit);
        return store.AskAsync(scope.Tenant, statement, read, cancel);
    }
}
