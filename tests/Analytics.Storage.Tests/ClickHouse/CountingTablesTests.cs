using System.Text;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse;

/// <summary>The tables of 0001_counting.sql take the same row any number of times, in any order.</summary>
public sealed class CountingTablesTests : IAsyncLifetime
{
    private const string Cells = "INSERT INTO cells (tenant, window, name, epoch, kafka_partition, chunk, ver, events, revenue, keep_until) FORMAT TSV";
    private ClickHouseClient _client = null!;

    public async Task InitializeAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        _client = new(new() { Url = server.Url, Database = "counting_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(_client, TimeProvider.System).ApplyAsync();
    }

    public async Task DisposeAsync()
    {
        await _client.ExecuteOutsideAsync($"DROP DATABASE {_client.Database}", default);
        _client.Dispose();
    }

    [Fact]
    public async Task The_row_with_the_higher_version_is_the_cell_whatever_came_first()
    {
        string[] inserts =
        [
            Cell(chunk: 0, ver: 10, events: 3), Cell(chunk: 0, ver: 30, events: 7), Cell(chunk: 0, ver: 20, events: 5), Cell(chunk: 0, ver: 30, events: 7),
            Cell(chunk: 100, ver: 110, events: 4),
        ];
        foreach (var rows in inserts)
        {
            await _client.InsertAsync(Cells, Encoding.ASCII.GetBytes(rows));
        }

        const string Sum = "SELECT sum(events), sum(revenue), count() FROM cells FINAL WHERE tenant = 4";
        Assert.Equal([(11L, 1100L, 2)], await _client.QueryAsync(Sum, row => (row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt32())));
        await _client.ExecuteAsync("OPTIMIZE TABLE cells FINAL");
        Assert.Equal([11L], await _client.QueryAsync("SELECT sum(events) FROM cells WHERE tenant = 4", row => row[0].GetInt64()));
    }

    [Fact]
    public async Task The_row_with_the_higher_version_is_the_cell_within_one_insert_too()
    {
        await _client.InsertAsync(Cells, Encoding.ASCII.GetBytes(
            Cell(chunk: 0, ver: 10, events: 3) + Cell(chunk: 0, ver: 30, events: 7) + Cell(chunk: 0, ver: 20, events: 5) + Cell(chunk: 100, ver: 110, events: 4)));

        const string Sum = "SELECT sum(events), count() FROM cells FINAL WHERE tenant = 4 SETTINGS do_not_merge_across_partitions_select_final = 1";
        Assert.Equal([(11L, 2)], await _client.QueryAsync(Sum, row => (row[0].GetInt64(), row[1].GetInt32())));
        await _client.ExecuteAsync("OPTIMIZE TABLE cells FINAL");
        Assert.Equal([(11L, 2)], await _client.QueryAsync(Sum, row => (row[0].GetInt64(), row[1].GetInt32())));
    }

    [Fact]
    public async Task A_sealed_ledger_row_wins_over_the_open_one_that_ends_at_the_same_offset()
    {
        foreach (var (isSealed, ver) in new[] { (1, 201), (0, 200), (0, 100) })
        {
            var row = $"clickstream-events\t1\t0\t0\t{ver / 2}\t{isSealed}\t{ver}\t{{'bad':2}}\t2026-11-22 10:00:00.000\t2100-01-01 00:00:00\n";
            await _client.InsertAsync(
                "INSERT INTO ledger (topic, epoch, kafka_partition, chunk, last_offset, sealed, ver, rejected, kafka_time, keep_until) FORMAT TSV", Encoding.ASCII.GetBytes(row));
        }

        Assert.Equal([(100L, 1, 2)], await _client.QueryAsync(
            "SELECT last_offset, sealed, rejected['bad'] FROM ledger FINAL", row => (row[0].GetInt64(), row[1].GetInt32(), row[2].GetInt32())));
    }

    [Fact]
    public async Task Hashes_become_sketches_on_arrival_and_a_repeated_row_adds_nobody()
    {
        const string Head = """
            INSERT INTO uniques
            SELECT tenant, window, name, country, device, source, is_bot,
                   arrayReduce('uniqCombined64State(17)', users), arrayReduce('uniqCombined64State(17)', sessions), keep_until
            FROM input('tenant UInt64, window DateTime(\'UTC\'), name String, country String, device String, source String, is_bot UInt8,
                        users Array(UInt64), sessions Array(UInt64), keep_until DateTime(\'UTC\')')
            FORMAT RowBinary
            """;
        Task WriteAsync(Stream stream, int first)
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            for (var row = 0; row < 1000; row++)
            {
                writer.Write(4UL);
                writer.Write(1_795_000_000u / 60 * 60);
                foreach (var text in new[] { "page_view", "DE", "mobile", "direct" })
                {
                    writer.Write(text);
                }

                writer.Write((byte)0);
                writer.Write((byte)2);
                writer.Write((ulong)(first + row));
                writer.Write((ulong)(first + row + 1));
                writer.Write((byte)1);
                writer.Write((ulong)first);
                writer.Write(uint.MaxValue);
            }

            return Task.CompletedTask;
        }

        foreach (var first in new[] { 0, 0, 500 })
        {
            using var rows = new MemoryStream();
            await WriteAsync(rows, first);
            rows.Position = 0;
            await _client.InsertAsync(Head, (stream, cancel) => rows.CopyToAsync(stream, cancel));
        }

        const string Read = "SELECT uniqCombined64Merge(17)(users), uniqCombined64Merge(17)(sessions) FROM uniques WHERE tenant = 4";
        Assert.Equal([(1501, 2)], await _client.QueryAsync(Read, row => (row[0].GetInt32(), row[1].GetInt32())));
        await _client.ExecuteAsync("OPTIMIZE TABLE uniques FINAL");
        Assert.Equal([(1501, 2)], await _client.QueryAsync(Read, row => (row[0].GetInt32(), row[1].GetInt32())));
        Assert.Equal([1], await _client.QueryAsync("SELECT count() FROM uniques", row => row[0].GetInt32()));
    }

    [Fact]
    public async Task Rows_live_until_their_keep_until()
    {
        await _client.InsertAsync(Cells, Encoding.ASCII.GetBytes(Cell(chunk: 0, ver: 1, events: 1, keepUntil: "2020-01-01 00:00:00") + Cell(chunk: 9, ver: 9, events: 2)));
        await _client.ExecuteAsync("OPTIMIZE TABLE cells FINAL");
        Assert.Equal([2L], await _client.QueryAsync("SELECT sum(events) FROM cells FINAL", row => row[0].GetInt64()));
    }

    private static string Cell(long chunk, long ver, long events, string keepUntil = "2100-01-01 00:00:00") =>
        $"4\t2026-11-22 10:00:00\tpage_view\t1\t0\t{chunk}\t{ver}\t{events}\t{events * 100}\t{keepUntil}\n";
}
