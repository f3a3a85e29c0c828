using System.Globalization;
using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Tests.ClickHouse.Questions;

namespace Analytics.Storage.Tests.ClickHouse.Behind;

/// <summary>What some users did, with the visits that the worker would have counted of it, and everything that asks about them.</summary>
public sealed class UserTables : IAsyncDisposable
{
    private const long HalfHour = 1_800_000;

    private UserTables(QuestionTables tables)
    {
        Tables = tables;
        Funnels = new(tables.Store);
        Retention = new(tables.Store);
        Activity = new(tables.Store);
        Paths = new(tables.Store);
        Experiments = new(tables.Store);
        Sessions = new(tables.Store);
        FunnelUsers = new(tables.Store, Funnels);
        Users = new(tables.Store, Retention, Activity, Experiments);
        PathList = new(tables.Store, Paths);
        SessionList = new(tables.Store);
    }

    public QuestionTables Tables { get; }

    public FunnelQueries Funnels { get; }

    public RetentionQueries Retention { get; }

    public ActivityQueries Activity { get; }

    public PathQueries Paths { get; }

    public ExperimentQueries Experiments { get; }

    public SessionQueries Sessions { get; }

    public FunnelUserQueries FunnelUsers { get; }

    public UserListQueries Users { get; }

    public PathListQueries PathList { get; }

    public SessionListQueries SessionList { get; }

    public static FigureScope ScopeOf(long tenant, QuestionScope scope) => new(tenant, scope.Range, scope.Zone, scope.Currency, scope.WithBots);

    public static async Task<UserTables> NewAsync(params IEnumerable<MadeEvent>[] events)
    {
        var tables = new UserTables(await QuestionTables.NewAsync());
        // Offsets as a log gives them, so that the visits can name the first of two events of one millisecond.
        var all = events.SelectMany(some => some).Select((one, index) => one with { Offset = index }).ToList();
        await tables.Tables.AddAsync(all);
        await tables.Tables.InsertAsync("session_cells", all.Where(one => one.User.Length > 0)
            .GroupBy(one => (one.Tenant, one.User, one.Session, Half: one.Time.ToUnixTimeMilliseconds() / HalfHour * HalfHour)).Select(cell => Cell(cell.Key, [.. cell.OrderBy(one => one.Time).ThenBy(one => one.Offset)])));
        return tables;
    }

    public ValueTask DisposeAsync() => Tables.DisposeAsync();

    private static Dictionary<string, object> Cell((long Tenant, string User, string Session, long Half) key, List<MadeEvent> events)
    {
        var user = Hash64.Of(Encoding.UTF8.GetBytes(key.User));
        return new()
        {
            ["tenant"] = key.Tenant,
            ["window"] = Text(DateTimeOffset.FromUnixTimeMilliseconds(key.Half))[..19],
            ["user"] = user,
            ["session"] = key.Session.Length == 0 ? 0 : Hash64.Mix(Hash64.Join(user, Hash64.Of(Encoding.UTF8.GetBytes(key.Session)))),
            ["epoch"] = 1,
            ["first_at"] = Text(events[0].Time),
            ["last_at"] = Text(events[^1].Time),
            ["events"] = events.Count,
            ["page_views"] = events.Count(one => one.Name == "page_view"),
            ["orders"] = events.Count(one => one.Name == "order_placed"),
            ["is_bot"] = events.Any(one => one.IsBot) ? 1 : 0,
            ["source"] = events[0].Source,
            ["campaign"] = events[0].Campaign,
            ["keep_until"] = "2100-01-01 00:00:00",
        };
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
