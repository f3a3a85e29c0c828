using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class ChunkRecordsTests : IAsyncLifetime
{
    private const ulong Epoch = 18_000_000_000_000_000_001;
    private const ulong OldEpoch = 17;
    private const ulong OlderEpoch = 19;
    private const string Topic = "order-events";

    private ClickHouseClient _clickHouse = null!;
    private ChunkRecords _records = null!;

    public async Task InitializeAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        _clickHouse = new ClickHouseClient(new ClickHouseOptions { Url = server.Url, Database = "chunks_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(_clickHouse, TimeProvider.System).ApplyAsync();
        _records = new ChunkRecords(_clickHouse);
    }

    public async Task DisposeAsync()
    {
        await _clickHouse.ExecuteAsync($"DROP DATABASE {_clickHouse.Database}");
        _clickHouse.Dispose();
    }

    [Fact]
    public async Task The_first_limits_of_chunks_hold_and_a_topic_from_before_there_was_one_has_no_limit_of_bytes()
    {
        Assert.Equal(new(1_000, 50), await _records.ChunkLimitsAsync(Topic, new(1_000, 50)));
        Assert.Equal(new(1_000, 50), await _records.ChunkLimitsAsync(Topic, new(2_000, 60)));
        Assert.Equal(new(2_000, 60), await _records.ChunkLimitsAsync("other", new(2_000, 60)));
        await _clickHouse.ExecuteAsync("INSERT INTO chunk_sizes (topic, chunk_size, recorded_at) SELECT 'old', 3000, now64(3)");
        Assert.Equal(new(3_000, 0), await _records.ChunkLimitsAsync("old", new(3_000, 60)));
    }

    [Fact]
    public async Task A_partition_without_chunks_has_no_tail() => Assert.Empty(await _records.TailAsync(Epoch, Topic, 0, null));

    [Fact]
    public async Task The_tail_is_the_newest_row_of_the_last_chunks_of_this_log_and_partition_alone()
    {
        for (var chunk = 0; chunk < 20; chunk++)
        {
            await AddLedgerAsync(Epoch, 0, chunk * 10, (chunk * 10) + 4, isSealed: false);
            await AddLedgerAsync(Epoch, 0, chunk * 10, (chunk * 10) + 9, isSealed: chunk < 19);
        }

        await AddLedgerAsync(Epoch, 1, 900, 999, isSealed: true);
        await AddLedgerAsync(OldEpoch, 0, 900, 999, isSealed: true);

        var tail = await _records.TailAsync(Epoch, Topic, 0, null);

        Assert.Equal(Enumerable.Range(12, 8).Select(chunk => new ChunkRecord(chunk * 10, (chunk * 10) + 9, chunk < 19)), tail);
    }

    [Fact]
    public async Task Rejected_offsets_are_those_of_the_log_the_partition_the_reason_and_the_range()
    {
        await AddRejectedAsync(Epoch, 0, 7, "unknown_schema");
        await AddRejectedAsync(Epoch, 0, 7, "unknown_schema");
        await AddRejectedAsync(Epoch, 0, 9, "unknown_schema");
        await AddRejectedAsync(Epoch, 0, 8, "truncated");
        await AddRejectedAsync(Epoch, 0, 10, "unknown_schema");
        await AddRejectedAsync(Epoch, 1, 8, "unknown_schema");
        await AddRejectedAsync(OldEpoch, 0, 8, "unknown_schema");

        Assert.Equal([7L, 9], (await _records.RejectedAsync(Epoch, Topic, 0, "unknown_schema", 7, 10)).Order());
    }

    private Task<ClickHouseSummary> AddRejectedAsync(ulong epoch, int partition, long offset, string reason) => _clickHouse.ExecuteAsync(
        $"INSERT INTO rejected (topic, epoch, kafka_partition, kafka_offset, reason, keep_until) SELECT '{Topic}', {epoch}, {partition}, {offset}, '{reason}', now() + 86400");

    [Fact]
    public async Task The_chunks_that_hold_the_committed_offset_or_border_on_it_come_too()
    {
        for (var chunk = 0; chunk < 20; chunk++)
        {
            await AddLedgerAsync(Epoch, 0, chunk * 10, (chunk * 10) + 9, isSealed: true);
        }

        Assert.Equal(new ChunkRecord(30, 39, true), (await _records.TailAsync(Epoch, Topic, 0, 35))[0]);
        Assert.Equal([new(20, 29, true), new(30, 39, true)], (await _records.TailAsync(Epoch, Topic, 0, 30)).Take(2));
        Assert.Equal(10, (await _records.TailAsync(Epoch, Topic, 0, 30)).Count);
    }

    [Fact]
    public async Task Older_logs_come_newest_first_with_their_ends_and_whether_the_committed_offset_was_a_border_there()
    {
        await AddLedgerAsync(OlderEpoch, 0, 0, 99, isSealed: true, kafkaTime: "2025-12-01 00:00:00");
        await AddLedgerAsync(OlderEpoch, 0, 100, 200, isSealed: false, kafkaTime: "2025-12-01 00:00:00");
        await AddLedgerAsync(OldEpoch, 0, 0, 99, isSealed: false);
        await AddLedgerAsync(OldEpoch, 0, 0, 119, isSealed: true);
        await AddLedgerAsync(OldEpoch, 1, 0, 99, isSealed: true);
        await AddLedgerAsync(Epoch, 0, 0, 99, isSealed: true, kafkaTime: "2026-02-02 00:00:00");

        Assert.Equal([new(OldEpoch, 120, false), new(OlderEpoch, 201, true)], await _records.OlderLogsAsync(Epoch, Topic, 0, 100));
        Assert.Equal([new(OldEpoch, 120, true), new(OlderEpoch, 201, false)], await _records.OlderLogsAsync(Epoch, Topic, 0, 120));
        Assert.Equal([false, false], (await _records.OlderLogsAsync(Epoch, Topic, 0, null)).Select(log => log.HadCommit));
        Assert.Empty(await _records.OlderLogsAsync(Epoch, Topic, 2, null));
    }

    [Fact]
    public async Task Events_of_a_log_come_once_each_in_order_of_offset()
    {
        await AddEventAsync(OldEpoch, 0, 119, Id(119));
        await AddEventAsync(OldEpoch, 0, 110, "01020304-0506-0708-090a-0b0c0d0e0f10");
        await AddEventAsync(OldEpoch, 0, 110, "01020304-0506-0708-090a-0b0c0d0e0f10");
        await AddEventAsync(OldEpoch, 0, 109, Id(109));
        await AddEventAsync(OldEpoch, 0, 120, Id(120));
        await AddEventAsync(OldEpoch, 1, 118, Id(118));
        await AddEventAsync(Epoch, 0, 115, Id(3));

        Assert.Equal(
            [(110, Guid.Parse("01020304-0506-0708-090a-0b0c0d0e0f10")), (119, Guid.Parse(Id(119)))],
            await _records.EventIdsAsync(OldEpoch, Topic, 0, from: 110, end: 120));
    }

    private static string Id(int number) => $"00000000-0000-0000-0000-{number:D12}";

    private Task<ClickHouseSummary> AddLedgerAsync(ulong epoch, int partition, long chunk, long lastOffset, bool isSealed, string kafkaTime = "2026-01-01 00:00:00") =>
        _clickHouse.ExecuteAsync($"""
            INSERT INTO ledger (topic, epoch, kafka_partition, chunk, last_offset, sealed, ver, kafka_time, keep_until)
            VALUES ('{Topic}', {epoch}, {partition}, {chunk}, {lastOffset}, {(isSealed ? 1 : 0)}, {(2 * lastOffset) + (isSealed ? 1 : 0)}, '{kafkaTime}', '2100-01-01')
            """);

    private Task<ClickHouseSummary> AddEventAsync(ulong epoch, int partition, long offset, string eventId) =>
        _clickHouse.ExecuteAsync($"""
            INSERT INTO events (tenant, day, name, event_id, epoch, topic, kafka_partition, kafka_offset, keep_until)
            VALUES (1, '2026-01-01', 'order_placed', '{eventId}', {epoch}, '{Topic}', {partition}, {offset}, '2100-01-01')
            """);
}
