using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Tests.Windowing;

/// <summary>Session cells against the real engine behind ClickHouse's HTTP interface, and sessions against a recount from the events.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const long Minute = 60_000;
    private static readonly long Noon = MadeEvent.Noon;
    private ClickHouseClient _clickHouse = null!;
    private SessionQueries _sessions = null!;

    public async Task InitializeAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        _clickHouse = new ClickHouseClient(new ClickHouseOptions { Url = server.Url, Database = "sessions_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(_clickHouse, TimeProvider.System).ApplyAsync();
        _sessions = new SessionQueries(new(_clickHouse, new()));
    }

    public async Task DisposeAsync()
    {
        await _clickHouse.ExecuteAsync($"DROP DATABASE {_clickHouse.Database}");
        _clickHouse.Dispose();
    }

    [Theory]
    [InlineData(new long[] { 0 }, new long[] { 1 })]
    [InlineData(new long[] { 0, 30 * Minute - 1 }, new long[] { 2 })]
    [InlineData(new long[] { 0, 30 * Minute }, new long[] { 1, 1 })]
    [InlineData(new long[] { 0, 29 * Minute, 58 * Minute, 88 * Minute }, new long[] { 3, 1 })]
    [InlineData(new long[] { 88 * Minute, 29 * Minute, 0, 58 * Minute }, new long[] { 3, 1 })]
    public async Task A_gap_of_30_minutes_parts_sessions_in_whatever_order_the_events_came(long[] times, long[] expected)
    {
        await WriteAsync(Flushes(Log([.. times.Select(time => Click("anna", time))]), [], [], 1));
        Assert.Equal(expected, (await ListAsync()).Select(session => session.Events));
    }

    [Fact]
    public async Task A_session_does_not_end_at_midnight_and_counts_where_it_starts()
    {
        var midnight = 12 * 60 * Minute;
        await WriteAsync(Flushes(Log(Click("anna", midnight - Minute), Click("anna", midnight + Minute)), [], [], 1));
        var session = Assert.Single(await ListAsync());
        Assert.Equal((2, TimeSpan.FromMinutes(2), true, false), (session.Events, session.Duration, session.IsEngaged, session.IsBounce));
        Assert.Empty(await ListAsync(from: midnight, to: midnight + (24 * 60 * Minute)));
        Assert.Equal(2, Assert.Single(await ListAsync(from: 0, to: midnight)).Events);
    }

    [Fact]
    public async Task A_session_is_cut_at_the_first_cell_24_hours_after_its_start()
    {
        // Every 20 minutes for 30 hours: the cell of 12:00 of the next day begins at exactly 24 h.
        await WriteAsync(Flushes(Log([.. Enumerable.Range(0, 91).Select(i => Click("anna", i * 20 * Minute))]), [], [], 1));
        Assert.Equal([72L, 19L], (await ListAsync()).Select(session => session.Events));
    }

    [Fact]
    public async Task What_the_client_calls_a_session_is_one_whatever_lies_between()
    {
        await WriteAsync(Flushes(
            Log(Click("anna", 0, "a"), Click("anna", Minute, "b"), Click("anna", 5 * 60 * Minute, "a"), Click("ben", 2 * Minute, "a"), Click("anna", 3 * Minute)), [], [], 1));
        var sessions = await ListAsync();
        Assert.Equal([2L, 1L, 1L, 1L], sessions.Select(session => session.Events));
        Assert.Equal(TimeSpan.FromHours(5), sessions[0].Duration);
    }

    [Fact]
    public async Task Entry_exit_source_and_campaign_are_of_the_first_and_last_events()
    {
        await WriteAsync(Flushes(
            Log(
                Click("anna", 2 * Minute) with { Url = "https://shop.example/desk?color=red", Name = "product_view" },
                Click("anna", Minute) with { Url = "https://shop.example/?utm_medium=cpc&utm_campaign=spring#top" },
                Click("anna", 3 * Minute) with { Url = "https://shop.example/cart", Name = "add_to_cart" },
                Click("anna", 4 * Minute) with { Name = "checkout_start" },
                Click("anna", 0) with { Name = "app_open", Referrer = "https://www.google.com/" }),
            [], [], 1));
        var session = Assert.Single(await ListAsync());
        Assert.Equal(("https://shop.example/", "https://shop.example/cart", "search", ""), (session.Entry, session.Exit, session.Source, session.Campaign));
        Assert.Equal((5, 1, 1, true), (session.Events, session.PageViews, session.KeyEvents, session.IsEngaged));
    }

    [Fact]
    public async Task Bounces_engagement_and_bots_are_counted_by_group()
    {
        await WriteAsync(Flushes(
            Log(
                Click("anna", 0) with { Url = "/a" }, Click("ben", 0) with { Url = "/a" }, Click("ben", 10_000) with { Url = "/b", Name = "search" },
                Click("cleo", 0) with { Url = "/b" }, Click("cleo", 5_000) with { Url = "/b" }, Click("dora", 0) with { Name = "order_placed" },
                Click("robot", 0) with { UserAgent = "Googlebot/2.1" }),
            [], [], 1));
        Assert.Equal(
            [new SessionFigures("", 5, 3, 2, 5, 1, TimeSpan.FromSeconds(15))],
            await _sessions.FiguresAsync(Scope(0, 60 * Minute), SessionGroup.All, 10, default));
        Assert.Equal(
            [new SessionFigures("/a", 2, 1, 0, 2, 0, TimeSpan.FromSeconds(10)), new SessionFigures("", 1, 1, 1, 0, 1, TimeSpan.Zero), new SessionFigures("/b", 1, 0, 1, 2, 0, TimeSpan.FromSeconds(5))],
            await _sessions.FiguresAsync(Scope(0, 60 * Minute, withBots: false), SessionGroup.Entry, 10, default));
        Assert.Equal(
            [("/b", 2L), ("", 1L), ("/a", 1L)],
            (await _sessions.FiguresAsync(Scope(0, 60 * Minute, withBots: false), SessionGroup.Exit, 10, default)).Select(group => (group.Group, group.Sessions)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_same_sessions_come_out_whatever_the_borders_the_restarts_and_the_owners(int seed)
    {
        var random = new Random(seed);
        List<LogRecord> log = [.. Log(RandomVisits(random, "u", 400), partition: 1), .. Log(RandomVisits(random, "u", 300), partition: 2)];
        var expected = Recount(log);
        Assert.True(expected.Count > 100);

        // One chunk and one flush; many chunks with many flushes; the same again with every output written twice and in any order, as by two owners.
        foreach (var (borders, flushes, copies) in new[] { (0, 0, 1), (7, 20, 1), (11, 30, 2) })
        {
            await _clickHouse.ExecuteAsync("TRUNCATE TABLE session_cells");
            var outputs = log.GroupBy(record => record.Partition)
                .SelectMany(part => Flushes([.. part], Some(random, borders, part.Count()), Some(random, flushes, part.Count()), copies)).ToArray();
            if (copies > 1)
            {
                random.Shuffle(outputs);
            }

            await WriteAsync(outputs);
            Assert.Equal(expected, await ListAsync(from: -TimeSpan.FromDays(2).Ticks / 10_000, to: TimeSpan.FromDays(4).Ticks / 10_000));
        }
    }

    private static MadeEvent Click(string user, long time, string? session = null) => new() { User = user, Session = session, Created = Noon + time, Kafka = Noon + time };

    private static MadeEvent[] RandomVisits(Random random, string prefix, int count)
    {
        long[] steps = [0, 1, 5_000, 9 * Minute, 30 * Minute - 1, 30 * Minute, 45 * Minute, 180 * Minute];
        string[] names = ["page_view", "page_view", "product_view", "add_to_cart", "checkout_start", "order_placed"];
        var clocks = new long[12];
        var visits = Enumerable.Range(0, count).Select(_ =>
        {
            var user = random.Next(clocks.Length);
            clocks[user] += steps[random.Next(steps.Length)];
            return Click($"{prefix}{user}", clocks[user], user % 4 == 0 ? $"s{clocks[user] / (240 * Minute)}" : null) with
            {
                Name = names[random.Next(names.Length)],
                Url = random.Next(4) == 0 ? null : $"https://shop.example/p{random.Next(5)}?x={random.Next(9)}",
                Referrer = random.Next(2) == 0 ? null : "https://www.google.com/",
                Campaign = random.Next(3) == 0 ? $"c{random.Next(3)}" : null,
                UserAgent = random.Next(30) == 0 ? "Googlebot/2.1" : null,
            };
        }).ToArray();

        // Late ones: some change places.
        for (var i = 0; i < count / 5; i++)
        {
            var (a, b) = (random.Next(count), random.Next(count));
            (visits[a], visits[b]) = (visits[b], visits[a]);
        }

        return visits;
    }

    private static int[] Some(Random random, int count, int below) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, below)).Distinct().Order()];

    private static List<LogRecord> Log(params MadeEvent[] events) => Log(events, 2);

    private static List<LogRecord> Log(MadeEvent[] events, int partition) => [.. events.Select((made, offset) => new LogRecord(partition, offset, made))];

    /// <summary>What a lane hands out for one partition's log when it is cut and flushed at these offsets.</summary>
    private static IEnumerable<TableRows> Flushes(List<LogRecord> log, int[] borders, int[] flushes, int copies)
    {
        foreach (var _ in Enumerable.Range(0, copies))
        {
            var tables = default(SessionTables);
            var chunk = default(Chunk);
            var cuts = borders.Concat(flushes).Append(0).Append(log.Count).Distinct().Order().ToArray();
            for (var i = 1; i < cuts.Length; i++)
            {
                if (tables is null || borders.Contains(cuts[i - 1]))
                {
                    chunk = MadeBatches.Chunk(Topics.Clickstream, cuts[i - 1], partition: log[0].Partition);
                    tables ??= new SessionTables();
                    tables.Clear();
                    tables.Begin(chunk, "order_placed,checkout_start");
                }

                var batch = MadeBatches.Enriched(chunk!, cuts[i - 1], [.. log[cuts[i - 1]..cuts[i]].Select(record => record.Event)]);
                tables.Count(batch, [.. Enumerable.Range(0, cuts[i] - cuts[i - 1])]);
                yield return tables.TakeHistory(cuts[i] - 1, new WindowingOptions());
            }
        }
    }

    // From the events alone, in order of time and then of log: no cells.
    private static List<Session> Recount(List<LogRecord> log)
    {
        var sessions = new List<Session>();
        foreach (var visitor in log.GroupBy(record => (record.Event.User, record.Event.Session)))
        {
            var user = Hash64.Of(Encoding.UTF8.GetBytes(visitor.Key.User));
            var client = visitor.Key.Session is { } name ? Hash64.Mix(Hash64.Join(user, Hash64.Of(Encoding.UTF8.GetBytes(name)))) : 0;
            var open = new List<LogRecord>();
            foreach (var record in visitor.OrderBy(record => record.Event.Created).ThenBy(record => record.Partition).ThenBy(record => record.Offset))
            {
                if (open.Count > 0 && IsNext(open, record, client != 0))
                {
                    sessions.Add(SessionOf(open, user, client));
                    open = [];
                }

                open.Add(record);
            }

            sessions.Add(SessionOf(open, user, client));
        }

        return [.. sessions.OrderBy(session => session.Start).ThenBy(session => session.User).ThenBy(session => session.ClientSession)];
    }

    private static bool IsNext(List<LogRecord> open, LogRecord record, bool isClients)
    {
        var (first, last, at) = (open[0].Event.Created, open[^1].Event.Created, record.Event.Created);
        var isNewCell = at / (30 * Minute) != last / (30 * Minute);
        return (!isClients && at - last >= 30 * Minute) || (isNewCell && at - first >= 24 * 60 * Minute);
    }

    private static Session SessionOf(List<LogRecord> records, ulong user, ulong client)
    {
        var events = records.ConvertAll(record => record.Event);
        var pages = events.Where(made => made.Url is not null).Select(made => made.Url!.Split('?')[0]).ToList();
        var source = events[0].Campaign is not null ? "paid" : events[0].Referrer is null ? "direct" : "search";
        return new Session(
            user, client, DateTimeOffset.FromUnixTimeMilliseconds(events[0].Created), DateTimeOffset.FromUnixTimeMilliseconds(events[^1].Created), events.Count,
            events.Count(made => made.Name == "page_view"), events.Count(made => made.Name is "order_placed" or "checkout_start"),
            events.Count(made => made.Name == "order_placed"), pages.FirstOrDefault(""), pages.LastOrDefault(""), source, events[0].Campaign ?? "",
            events.Exists(made => made.UserAgent is not null));
    }

    private async Task WriteAsync(IEnumerable<TableRows> outputs)
    {
        foreach (var rows in outputs)
        {
            foreach (var block in rows.Blocks.Values)
            {
                await _clickHouse.InsertAsync(Tables.SessionCells.Insert, block.Parts().SelectMany(part => part.ToArray()).ToArray());
            }

            rows.Dispose();
        }
    }

    private static FigureScope Scope(long from, long to, bool withBots = true) => new(
        4, new TimeRange(DateTimeOffset.FromUnixTimeMilliseconds(Noon + from), DateTimeOffset.FromUnixTimeMilliseconds(Noon + to)), TimeZoneInfo.Utc, "USD", withBots);

    private Task<List<Session>> ListAsync(long from = 0, long to = 3 * 24 * 60 * Minute) => _sessions.ListAsync(Scope(from, to), 10_000, default);

    private sealed record LogRecord(int Partition, long Offset, MadeEvent Event);
}
