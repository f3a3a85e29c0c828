using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

public sealed class FunnelQueriesTests : IAsyncLifetime
{
    private const string March = "\"start\": \"2026-03-01\", \"end\": \"2026-04-01\"";
    private QuestionTables _tables = null!;

    public async Task InitializeAsync() => _tables = await NewAsync();

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Fact]
    public async Task Users_rates_and_times_are_told_step_by_step_and_group_by_group()
    {
        await _tables.AddAsync(
            Did("view", "03-02 10:00", "u1", "DE"), Did("cart", "03-02 10:10", "u1", "AT"), Did("order", "03-02 10:40", "u1", "FR"),
            Did("view", "03-02 10:00", "u2", "DE"), Did("cart", "03-02 10:30", "u2", "DE"),
            Did("view", "03-31 23:00", "u3", "AT"), Did("cart", "04-01 01:00", "u3", "AT"),
            Did("cart", "03-02 10:00", "u4", "DE"), Did("view", "04-01 10:00", "u5", "DE"),
            Did("view", "03-02 10:00", "u1", "DE") with { Tenant = 2 });

        var figures = await AskAsync($"{{{March}, \"steps\": [\"view\", \"cart\", \"order\"], \"breakdown\": \"country\", \"window\": \"1d\", \"limit\": 1}}", "2026-04-01T12:00Z");

        Assert.Equal([3, 3, 1], figures.Steps.Select(step => step.Users));
        Assert.Equal([0, 1, 0], figures.Steps.Select(step => step.Open));
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(160.0 / 3)), (figures.Steps[1].FromPrevious!.Value.Median, figures.Steps[1].FromPrevious!.Value.Mean));
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(40)), (figures.Steps[2].FromPrevious!.Value.Median, figures.Steps[2].FromFirst!.Value.Median));
        Assert.Equal(["DE", null], figures.Groups.Select(group => group.Label));
        Assert.Equal([2, 2, 1], figures.Groups[0].Steps.Select(step => step.Users));
        Assert.Equal([1, 1, 0], figures.Groups[1].Steps.Select(step => step.Users));
    }

    [Theory]
    [InlineData("first", "DE:1,1,1")]
    [InlineData("last", "FR:1,1,1")]
    [InlineData("all", "DE:1,0,0")]
    public async Task A_user_is_in_the_group_of_the_first_step_of_the_last_or_of_all(string attribution, string expected)
    {
        await _tables.AddAsync(Did("view", "03-02 10:00", "u1", "DE"), Did("cart", "03-02 10:10", "u1", "AT"), Did("order", "03-02 10:40", "u1", "FR"));

        var figures = await AskAsync($"{{{March}, \"steps\": [\"view\", \"cart\", \"order\"], \"breakdown\": \"country\", \"attribution\": \"{attribution}\"}}");

        Assert.Equal([expected], figures.Groups.Select(group => $"{group.Label}:{string.Join(',', group.Steps.Select(step => step.Users))}"));
    }

    [Fact]
    public async Task Filters_hold_on_steps_and_on_exclusions_and_events_of_one_millisecond_keep_the_order_of_the_log()
    {
        await _tables.AddAsync(
            Did("view", "03-02 10:00", "u1", "DE") with { Offset = 100 }, Did("cart", "03-02 10:00", "u1", "DE") with { Offset = 101 },
            Did("cart", "03-02 10:00", "u2", "DE") with { Offset = 102 }, Did("view", "03-02 10:00", "u2", "DE") with { Offset = 103 },
            Did("view", "03-02 10:00", "u3", "DE"), Did("leave", "03-02 10:01", "u3", "AT"), Did("cart", "03-02 10:02", "u3", "DE"),
            Did("view", "03-02 10:00", "u4", "DE"), Did("leave", "03-02 10:01", "u4", "DE"), Did("cart", "03-02 10:02", "u4", "DE"),
            Did("view", "03-02 10:00", "u5", "FR"), Did("cart", "03-02 10:02", "u5", "DE"));

        var figures = await AskAsync(
            $$"""
            { {{March}}, "steps": [{"event": "view", "filter": {"property": "country", "value": "DE"} }, "cart"],
              "exclusions": [{"event": "leave", "filter": {"property": "country", "value": "DE"} }] }
            """);

        Assert.Equal([3, 2], figures.Steps.Select(step => step.Users));
    }

    [Fact]
    public async Task Where_every_event_has_a_time_of_its_own_an_ordered_funnel_equals_windowFunnel()
    {
        var random = new Random(7);
        string[] names = ["view", "cart", "order", "other"];
        var time = Utc("2026-03-02T00:00Z");
        await _tables.AddAsync(Enumerable.Range(0, 4_000).Select(_ => new MadeEvent
        {
            Name = names[random.Next(names.Length)],
            Time = time = time.AddSeconds(1 + random.Next(120)),
            User = "u" + random.Next(300),
        }).ToList());

        var figures = await AskAsync($"{{{March}, \"steps\": [\"view\", \"cart\", \"order\"], \"window\": \"12h\"}}");
        var levels = await _tables.Client.QueryAsync(
            """
            SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM
            (
                SELECT user_id, windowFunnel(43200000)(toUInt64(toUnixTimestamp64Milli(event_time)), name = 'view', name = 'cart', name = 'order') AS level
                FROM events FINAL GROUP BY user_id
            )
            """,
            row => new[] { row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt64() });

        Assert.Equal(levels.Single(), figures.Steps.Select(step => step.Users));
        Assert.True(figures.Steps[2].Users is > 0 and < 300, "The funnel shows nothing.");
    }

    /// <summary>
    /// Settles who is right where they differ: windowFunnel puts events of one millisecond into the order of the steps, whatever the log says. Here its time is the millisecond and
    /// the place among the user's events of it; the window has room for all places of its last millisecond and none of the next.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_users_come_as_far_as_in_a_recount_and_as_in_windowFunnel_told_the_order_of_the_log(int seed)
    {
        var random = new Random(seed);
        string[] names = ["view", "cart", "order"];
        var (start, end) = (Utc("2026-03-02T00:00Z"), Utc("2026-03-02T00:50Z"));
        // In an order of their own: what comes later in the log may have happened before. Many share a millisecond, many lie a window or a millisecond more apart.
        var made = Enumerable.Range(0, 2_000).Select(place => new MadeEvent
        {
            Name = names[random.Next(names.Length)],
            Time = start.AddSeconds(30 * random.Next(120)).AddMilliseconds(random.Next(8) / 7),
            User = "u" + random.Next(190),
            Offset = place,
        }).ToList();
        await _tables.AddAsync(made);

        var figures = await AskAsync("""{"start": "2026-03-02T00:00:00Z", "end": "2026-03-02T00:50:00Z", "steps": ["view", "cart", "order"], "window": "10m", "breakdown": "user_id", "limit": 200}""");
        var levels = await _tables.Client.QueryAsync(
            """
            SELECT user_id, windowFunnel(600000 * 1024 + 511)(toUInt64(at * 1024 + place), name = 'view' AND at < {end:Int64}, name = 'cart', name = 'order') AS level FROM
            (
                SELECT user_id, name, toUnixTimestamp64Milli(event_time) AS at, row_number() OVER (PARTITION BY user_id, event_time ORDER BY kafka_offset) AS place
                FROM events FINAL
            )
            GROUP BY user_id HAVING level > 0
            """,
            row => (User: row[0].GetString()!, Level: row[1].GetInt32()),
            new Dictionary<string, object?> { ["end"] = end.ToUnixTimeMilliseconds() });

        var ours = figures.Groups.ToDictionary(group => group.Label!, group => group.Steps.Count(step => step.Users > 0));
        var recount = made.GroupBy(one => one.User).Select(user => (User: user.Key, Level: Furthest([.. user], names, end))).Where(user => user.Level > 0);
        Assert.Equal(recount.Order(), ours.Select(user => (user.Key, user.Value)).Order());
        Assert.Equal(levels.Order(), ours.Select(user => (user.Key, user.Value)).Order());
        Assert.Equal([1, 2, 3], ours.Values.Distinct().Order());
    }

    // Every pair and triple of events, without any cleverness.
    private static int Furthest(MadeEvent[] events, string[] names, DateTimeOffset end)
    {
        bool IsAfter(MadeEvent later, MadeEvent one) => (later.Time, later.Offset).CompareTo((one.Time, one.Offset)) > 0;
        bool Follows(MadeEvent last, MadeEvent first, int step) => IsAfter(last, first) && last.Name == names[step] && last.Time - first.Time <= TimeSpan.FromMinutes(10);
        var firsts = events.Where(one => one.Name == names[0] && one.Time < end).ToList();
        return firsts.Count == 0 ? 0
            : !firsts.Exists(first => events.Any(second => Follows(second, first, 1))) ? 1
            : !firsts.Exists(first => events.Any(second => Follows(second, first, 1) && events.Any(third => Follows(third, first, 2) && IsAfter(third, second)))) ? 2
            : 3;
    }

    [Fact]
    public async Task Users_who_only_made_the_first_step_are_counted_and_open_as_those_who_are_followed()
    {
        await _tables.AddAsync(
            Did("view", "03-02 10:00", "u1", "DE"), Did("view", "03-02 10:50", "u1", "FR"),
            Did("view", "03-02 10:00", "u2", "DE"),
            Did("view", "03-02 10:40", "u3", "AT"), Did("cart", "03-02 10:41", "u3", "AT"));
        const string Asked = """{"start": "2026-03-01", "end": "2026-04-01", "steps": ["view", "cart"], "window": "1h", "breakdown": "country" """;

        var counted = await AskAsync(Asked + "}", "2026-03-02T11:20Z");
        // An exclusion that nobody did: all users are followed.
        var followed = await AskAsync(Asked + """, "exclusions": ["leave"]}""", "2026-03-02T11:20Z");

        Assert.Equal([("AT", 1, 0), ("DE", 2, 1)], counted.Groups.OrderBy(group => group.Label).Select(group => (group.Label!, (int)group.Steps[0].Users, (int)group.Steps[0].Open)));
        Assert.Equal(followed.Groups.Select(group => (group.Label, group.Steps[0])), counted.Groups.Select(group => (group.Label, group.Steps[0])));
        Assert.Equal(followed.Steps, counted.Steps);
    }

    private static MadeEvent Did(string name, string time, string user, string country) =>
        new() { Name = name, Time = Utc("2026-" + time), User = user, Country = country };

    private async Task<FunnelFigures> AskAsync(string json, string now = "2026-06-01") =>
        await new FunnelQueries(_tables.Store).OfAsync(1, FunnelReader.Read(Node(json), Context(now)), Utc(now), default);
}
