using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class RollUpTests : IAsyncLifetime
{
    private static readonly TimeRange Days = new(Utc("2026-03-01"), Utc("2026-03-03"));
    private QuestionTables _tables = null!;
    private RollUp _rollUp = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        _rollUp = new(_tables.Client, TimeProvider.System);
        await _tables.AddAsync(View("03-01 10:15", "u1"), View("03-01 10:45", "u2"), View("03-02 23:59", "u1"));
        await _tables.LedgerAsync(chunk: 0, last: 2, isSealed: true, Utc("2026-03-01 10:15"));
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Fact]
    public async Task A_run_changes_no_answer_and_neither_does_a_second_one()
    {
        Assert.Equal("3 2 cells", await AskAsync());

        await _rollUp.RunAsync(Days, default);
        Assert.Equal("3 2 cells_1h", await AskAsync());
        await _rollUp.RunAsync(Days, default);
        Assert.Equal("3 2 cells_1h", await AskAsync());
        Assert.Equal("3 2 cells_1d", await AskAsync(granularity: "day"));
        Assert.Equal([2, 2], await _tables.Client.QueryAsync("SELECT count() FROM cells_1h FINAL UNION ALL SELECT count() FROM cells_1d FINAL", row => row[0].GetInt32()));
    }

    [Fact]
    public async Task A_late_event_counts_at_once_and_its_hours_are_read_from_the_minutes_until_they_are_rewritten()
    {
        await _rollUp.RunAsync(Days, default);
        await ComesLateAsync("03-01 10:20");

        Assert.Equal("4 3 cells+cells_1h", await AskAsync());
        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-01 10:00"))], (await RolledAsync()).Hours);
        Assert.Empty((await RolledAsync()).Days);

        await _rollUp.RunAsync(new TimeRange(Utc("2026-03-01 10:00"), Utc("2026-03-03")), default);

        Assert.Equal("4 3 cells_1h", await AskAsync());
        Assert.Equal([Days], (await RolledAsync()).Hours);
        // The first day is in two runs, and in none as a whole.
        Assert.Equal([new(Utc("2026-03-02"), Utc("2026-03-03"))], (await RolledAsync()).Days);
    }

    [Fact]
    public async Task A_run_goes_on_from_the_last_one_and_rewrites_only_the_days_that_a_chunk_has_written_since()
    {
        var first = await RunAtAsync("2026-03-03 07:30");
        Assert.Equal((Utc("2026-03-03 07:00"), 2), (first!.Range.End, first.Days));
        Assert.Equal(Utc("2026-03-03"), (await RolledAsync()).Days.Single().End);

        await ComesLateAsync("03-01 10:20");
        await _tables.Client.ExecuteAsync("TRUNCATE TABLE cells_1d");
        var second = await RunAtAsync("2026-03-04 00:10");

        Assert.Equal((Utc("2026-03-04"), 1), (second!.Range.End, second.Days));
        Assert.Equal(["2026-03-01"], await _tables.Client.QueryAsync("SELECT toString(toDate(window)) FROM cells_1d", row => row[0].GetString()));
        Assert.Equal(Utc("2026-03-04"), (await RolledAsync()).Days.Single().End);
    }

    [Fact]
    public async Task What_was_repaired_after_a_run_is_trusted_beside_it()
    {
        await RunAtAsync("2026-03-03 00:00");
        await ComesLateAsync("03-02 08:00");
        Assert.Equal(Utc("2026-03-02 08:00"), (await RolledAsync()).Hours.Single().End);

        await _rollUp.RunAsync(new TimeRange(Utc("2026-03-02 08:00"), Utc("2026-03-03")), default);

        Assert.Equal(Utc("2026-03-03"), (await RolledAsync()).Hours.Single().End);
        Assert.Equal("4 3 cells_1h", await AskAsync());
    }

    [Fact]
    public async Task The_day_at_which_the_last_run_ended_gets_its_sum_when_it_is_over()
    {
        await RunAtAsync("2026-03-02 23:59");
        Assert.Equal(Utc("2026-03-02"), (await RolledAsync()).Days.Single().End);

        await RunAtAsync("2026-03-03 00:00");

        Assert.Equal(Utc("2026-03-03"), (await RolledAsync()).Days.Single().End);
        Assert.Equal("3 2 cells_1d", await AskAsync(granularity: "day"));
    }

    [Fact]
    public async Task Minutes_before_the_first_run_are_rolled_up_by_the_next()
    {
        await _rollUp.RunAsync(new TimeRange(Utc("2026-03-02 05:00"), Utc("2026-03-02 09:00")), default);

        var done = await RunAtAsync("2026-03-03 00:00");

        Assert.Equal((Utc("2026-03-03"), 2), (done!.Range.End, done.Days));
        Assert.Equal("3 2 cells_1d", await AskAsync(granularity: "day"));
    }

    [Fact]
    public async Task An_open_chunk_covers_only_what_it_has_written_whatever_is_written_behind_it()
    {
        await _tables.LedgerAsync(chunk: 3, last: 5, isSealed: false, Utc("2026-03-02 08:00"));
        await _tables.LedgerAsync(chunk: 10, last: 12, isSealed: false, Utc("2026-03-02 12:00"));
        await _rollUp.RunAsync(Days, default);
        // The chunk behind the open one was whole up to 12, but what it says is believed only when the one before it is.
        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-02 12:00"))], (await RolledAsync()).Hours);

        await _tables.LedgerAsync(chunk: 3, last: 9, isSealed: true, Utc("2026-03-02 08:00"));

        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-02 08:00"))], (await RolledAsync()).Hours);
        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-02"))], (await RolledAsync()).Days);
    }

    [Fact]
    public async Task A_rewrite_wins_also_where_it_has_less()
    {
        await _rollUp.RunAsync(Days, default);
        // A restatement: 10:15 has never been, and 23:59 five times.
        await _tables.Client.ExecuteAsync("DELETE FROM cells WHERE window = '2026-03-01 10:15:00'");
        await _tables.Client.ExecuteAsync("ALTER TABLE cells UPDATE events = 5 WHERE window = '2026-03-02 23:59:00' SETTINGS mutations_sync = 1");

        await _rollUp.RunAsync(Days, default);

        Assert.Equal("6 2 cells_1d", await AskAsync(granularity: "day"));
        Assert.Equal("6 2 cells_1h", await AskAsync());
    }

    [Fact]
    public async Task A_group_that_has_no_minutes_any_more_becomes_0()
    {
        await _rollUp.RunAsync(Days, default);
        await _tables.AddAsync(View("03-01 10:46", "u2") with { Country = "AT" });
        await _tables.Client.ExecuteAsync("DELETE FROM cells WHERE window < '2026-03-02' AND country = 'DE'");

        await _rollUp.RunAsync(Days, default);

        Assert.Equal([1L], await _tables.Client.QueryAsync("SELECT sum(events) FROM cells_1h FINAL WHERE window < '2026-03-02'", row => row[0].GetInt64()));
    }

    [Fact]
    public async Task Hours_keep_what_their_minutes_lose_when_they_expire()
    {
        await _rollUp.RunAsync(Days, default);
        await _tables.Client.ExecuteAsync("DELETE FROM cells WHERE window = '2026-03-01 10:15:00'");
        var later = new RollUp(_tables.Client, new StoppedTime(Utc("2100-06-01")));

        await later.RunAsync(Days, default);
        await later.RunAsync(Days, default);

        Assert.Equal("3 2 cells_1h", await AskAsync());
        Assert.Equal("3 2 cells_1d", await AskAsync(granularity: "day"));
    }

    [Theory]
    [InlineData("Asia/Kolkata", "day", "2 2 cells+cells_1h")]
    [InlineData("Asia/Kathmandu", "day", "2 2 cells+cells_1h")]
    [InlineData("Asia/Kolkata", "month", "2 2 cells+cells_1d+cells_1h")]
    [InlineData("Europe/Berlin", "month", "2 2 cells+cells_1d+cells_1h")]
    [InlineData("Asia/Kolkata", "hour", "2 2 cells")]
    public async Task Zones_of_half_hours_read_whole_days_and_hours_inside_and_minutes_at_the_edges(string zone, string granularity, string answer)
    {
        await _rollUp.RunAsync(Days, default);

        Assert.Equal(answer, await AskAsync(granularity, zone));
    }

    [Fact]
    public async Task Hours_are_whole() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _rollUp.RunAsync(new TimeRange(Utc("2026-03-01 00:30"), Utc("2026-03-02")), default));

    [Fact]
    public async Task Without_minutes_there_is_nothing_to_roll_up()
    {
        await _tables.Client.ExecuteAsync("TRUNCATE TABLE cells");

        Assert.Null(await RunAtAsync("2026-03-03 00:00"));
    }

    private static MadeEvent View(string time, string user) => new() { Name = "page_view", Time = Utc("2026-" + time), User = user };

    private async Task ComesLateAsync(string time)
    {
        var (first, last) = await _tables.AddAsync(View(time, "u3"));
        await _tables.LedgerAsync(first, last, isSealed: false, Utc("2026-" + time));
    }

    private Task<RolledUp?> RunAtAsync(string now) => new RollUp(_tables.Client, new StoppedTime(Utc(now))).RunAsync(isWhole: false, default);

    // With eyes of its own: what was asked before is kept for some seconds.
    private async Task<Rolled> RolledAsync()
    {
        var periods = new RolledPeriods(_tables.Client, TimeProvider.System);
        return await periods.AllAsync(default);
    }

    private async Task<string> AskAsync(string granularity = "hour", string zone = "UTC")
    {
        var periods = new RolledPeriods(_tables.Client, TimeProvider.System);
        var json = $$"""{"start": "2026-03-01", "end": "2026-03-03", "granularity": "{{granularity}}", "time_zone": "{{zone}}", "metrics": ["page_views", "visitors"]}""";
        var question = TrendReader.Read(Node(json), Context());
        var figures = await new TrendQueries(_tables.Store, periods).OfAsync(1, question, question.Scope.Range, question.Scope.Range, default);
        return string.Join(' ', figures.Groups[0].Totals) + ' ' + string.Join('+', figures.Sources);
    }

    private sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
