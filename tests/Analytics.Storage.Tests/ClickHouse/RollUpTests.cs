using System.Text;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Tests.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class RollUpTests : IAsyncLifetime
{
    private const string March = "\"start\": \"2026-03-01\", \"end\": \"2026-03-03\", \"granularity\": \"hour\", \"metrics\": [\"page_views\", \"visitors\"]";
    private static readonly TimeRange Days = new(Utc("2026-03-01"), Utc("2026-03-03"));
    private QuestionTables _tables = null!;
    private RollUp _rollUp = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        _rollUp = new(_tables.Client, TimeProvider.System);
        await _tables.AddAsync(View("03-01 10:15", "u1"), View("03-01 10:45", "u2"), View("03-02 23:59", "u1"));
        await LedgerAsync(chunk: 0, last: 2, isSealed: true, "2026-03-01 10:15:00");
    }

    public async Task DisposeAsync() => await _tables.DisposeAsync();

    [Fact]
    public async Task A_run_changes_no_answer_and_neither_does_a_second_one()
    {
        var before = await AskAsync();
        Assert.Equal(("3 2", false), before);

        await _rollUp.RunAsync(Days, default);
        Assert.Equal(("3 2", true), await AskAsync());
        await _rollUp.RunAsync(Days, default);
        Assert.Equal(("3 2", true), await AskAsync());
        Assert.Equal(2, (await _tables.Client.QueryAsync("SELECT count() FROM cells_1h FINAL", row => row[0].GetInt32())).Single());
    }

    [Fact]
    public async Task A_late_event_counts_at_once_and_its_hours_are_read_from_the_minutes_until_they_are_rewritten()
    {
        await _rollUp.RunAsync(Days, default);
        await _tables.AddAsync(View("03-01 10:20", "u3"));
        await LedgerAsync(chunk: 3, last: 3, isSealed: false, "2026-03-01 10:20:00");

        Assert.Equal(("4 3", true), await AskAsync());
        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-01 10:00"))], await HoursAsync());

        await _rollUp.RunAsync(new(Utc("2026-03-01 10:00"), Utc("2026-03-03")), default);

        Assert.Equal(("4 3", true), await AskAsync());
        Assert.Equal([Days], await HoursAsync());
    }

    [Fact]
    public async Task An_open_chunk_covers_only_what_it_has_written_whatever_is_written_behind_it()
    {
        await LedgerAsync(chunk: 3, last: 5, isSealed: false, "2026-03-02 08:00:00");
        await LedgerAsync(chunk: 10, last: 12, isSealed: false, "2026-03-02 12:00:00");
        await _rollUp.RunAsync(Days, default);
        // The chunk behind the open one was whole up to 12, but what it says is believed only when the one before it is.
        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-02 12:00"))], await HoursAsync());

        await LedgerAsync(chunk: 3, last: 9, isSealed: true, "2026-03-02 08:00:00");

        Assert.Equal([new(Utc("2026-03-01"), Utc("2026-03-02 08:00"))], await HoursAsync());
    }

    [Fact]
    public async Task Hours_keep_what_their_minutes_lose_when_they_expire()
    {
        await _rollUp.RunAsync(Days, default);
        await _tables.Client.ExecuteAsync("DELETE FROM cells WHERE window = '2026-03-01 10:15:00'");

        await _rollUp.RunAsync(Days, default);

        Assert.Equal(("3 2", true), await AskAsync());
    }

    [Fact]
    public async Task Days_of_a_zone_that_is_half_an_hour_off_are_read_from_the_minutes()
    {
        await _rollUp.RunAsync(Days, default);

        var figures = await AskTrendAsync(March + ", \"time_zone\": \"Asia/Kolkata\"");

        Assert.False(figures.HasHours);
        Assert.Equal(2, figures.Groups[0].Totals[0]);
    }

    [Fact]
    public async Task Hours_are_whole() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _rollUp.RunAsync(new(Utc("2026-03-01 00:30"), Utc("2026-03-02")), default));

    private static MadeEvent View(string time, string user) => new() { Name = "page_view", Time = Utc("2026-" + time), User = user };

    private async Task LedgerAsync(long chunk, long last, bool isSealed, string first) => await _tables.Client.InsertAsync(
        "INSERT INTO ledger (topic, epoch, kafka_partition, chunk, last_offset, sealed, ver, min_event_time, max_event_time, kafka_time, keep_until) FORMAT TSV",
        Encoding.ASCII.GetBytes($"clickstream-events\t1\t0\t{chunk}\t{last}\t{(isSealed ? 1 : 0)}\t{(2 * last) + (isSealed ? 1 : 0)}\t{first}.000\t{first}.000\t{first}.000\t2100-01-01 00:00:00\n"));

    private async Task<IReadOnlyList<TimeRange>> HoursAsync()
    {
        using var hours = new RolledHours(_tables.Client, TimeProvider.System);
        return await hours.AllAsync(default);
    }

    private async Task<(string Totals, bool HasHours)> AskAsync()
    {
        var figures = await AskTrendAsync(March);
        return (string.Join(' ', figures.Groups[0].Totals), figures.HasHours);
    }

    // With eyes of its own: what was asked before is kept for some seconds.
    private async Task<TrendFigures> AskTrendAsync(string json)
    {
        using var hours = new RolledHours(_tables.Client, TimeProvider.System);
        var question = TrendReader.Read(Node($"{{{json}}}"), Context());
        return await new TrendQueries(_tables.Store, hours).OfAsync(1, question, question.Scope.Range, question.Scope.Range, default);
    }
}
