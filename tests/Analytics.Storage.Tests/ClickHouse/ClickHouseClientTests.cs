using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class ClickHouseClientTests : IAsyncLifetime
{
    private ClickHouseClient _client = null!;

    public async Task InitializeAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        _client = new(new() { Url = server.Url, Database = "client_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await _client.ExecuteOutsideAsync($"CREATE DATABASE {_client.Database}", default);
        await _client.ExecuteAsync("CREATE TABLE t (id UInt64, name LowCardinality(String)) ENGINE = MergeTree ORDER BY id");
    }

    public async Task DisposeAsync()
    {
        await _client.ExecuteAsync($"DROP DATABASE {_client.Database}");
        _client.Dispose();
    }

    [Fact]
    public async Task A_ping_passes() => await _client.PingAsync();

    [Fact]
    public async Task Parameters_arrive_as_they_were_given()
    {
        var values = new Dictionary<string, object?>
        {
            ["text"] = "a'b\\c\td\ne — ü",
            ["list"] = new[] { "x'y", "z\\", "" },
            ["none"] = null,
            ["big"] = ulong.MaxValue,
            ["time"] = new DateTimeOffset(2026, 11, 22, 12, 30, 0, 125, TimeSpan.FromHours(2)),
            ["second"] = new DateTimeOffset(2026, 11, 22, 12, 30, 0, TimeSpan.FromHours(2)),
            ["day"] = new DateOnly(2026, 11, 22),
            ["yes"] = true,
        };
        var row = Assert.Single(await _client.QueryAsync(
            """
            SELECT {text:String}, {list:Array(String)}, {none:Nullable(String)}, {big:UInt64}, {time:DateTime64(3, 'UTC')}, {second:DateTime('UTC')},
                   {day:Date}, {yes:UInt8}
            """,
            row => row.Clone(),
            values));
        Assert.Equal(values["text"], row[0].GetString());
        Assert.Equal((string[])values["list"]!, row[1].EnumerateArray().Select(item => item.GetString()!));
        Assert.Equal(JsonValueKind.Null, row[2].ValueKind);
        Assert.Equal(ulong.MaxValue, row[3].GetUInt64());
        Assert.Equal("2026-11-22 10:30:00.125", row[4].GetString());
        Assert.Equal("2026-11-22 10:30:00", row[5].GetString());
        Assert.Equal("2026-11-22", row[6].GetString());
        Assert.Equal(1, row[7].GetInt32());
    }

    [Fact]
    public async Task Rows_go_in_from_memory_from_pieces_and_from_a_writer()
    {
        const string Head = "INSERT INTO t FORMAT TSV";
        var text = "1\ta\n2\tb\n"u8.ToArray();
        Assert.Equal(2, (await _client.InsertAsync(Head, text)).WrittenRows);
        Assert.Equal(2, (await _client.InsertAsync(Head, Pieces(text[..3], text[3..]))).WrittenRows);
        var summary = await _client.InsertAsync(Head, async (stream, cancel) =>
        {
            for (var row = 0; row < 100_000; row++)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{row}\tc\n"), cancel);
            }
        });
        Assert.Equal(100_000, summary.WrittenRows);
        Assert.Equal([100_004], await _client.QueryAsync("SELECT count() FROM t", row => row[0].GetInt32()));
    }

    [Fact]
    public async Task Rows_come_out_one_by_one_in_order()
    {
        var next = 0L;
        await foreach (var number in _client.StreamAsync("SELECT number FROM numbers(300000)", row => row[0].GetInt64()))
        {
            Assert.Equal(next++, number);
        }

        Assert.Equal(300_000, next);
    }

    [Fact]
    public async Task A_query_cannot_write()
    {
        var error = await Assert.ThrowsAsync<ClickHouseException>(() => _client.QueryAsync("DROP TABLE t", row => 0));
        Assert.Equal(164, error.Code);
    }

    [Theory]
    [InlineData("SELEC 1", 62, HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM nowhere", 60, HttpStatusCode.NotFound)]
    [InlineData("SELECT throwIf(1)", 395, HttpStatusCode.InternalServerError)]
    public async Task A_refused_statement_says_its_code_and_is_not_to_be_sent_again(string sql, int code, HttpStatusCode status)
    {
        var error = await Assert.ThrowsAsync<ClickHouseException>(() => _client.QueryAsync(sql, row => 0));
        Assert.Equal((code, status), (error.Code, error.Status));
        Assert.StartsWith($"Code: {code}. DB::Exception: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_after_the_first_rows_comes_out_as_that_error()
    {
        var rows = 0;
        var error = await Assert.ThrowsAsync<ClickHouseException>(async () =>
        {
            await foreach (var _ in _client.StreamAsync("SELECT throwIf(number = 1000000) FROM numbers(2000000) SETTINGS max_threads = 1", row => 0))
            {
                rows++;
            }
        });
        Assert.Equal(395, error.Code);
        Assert.InRange(rows, 1, 1_000_000);
    }

    [Fact]
    public async Task Memory_that_is_short_may_be_there_later()
    {
        var error = await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => _client.QueryAsync(
            "SELECT count() FROM numbers(1000000) GROUP BY number", row => 0, settings: new Dictionary<string, string> { ["max_memory_usage"] = "1000" }));
        Assert.Equal(241, error.Code);
    }

    [Fact]
    public async Task Too_many_partitions_in_one_insert_never_pass()
    {
        await _client.ExecuteAsync("CREATE TABLE days (d Date) ENGINE = MergeTree PARTITION BY d ORDER BY d");
        var rows = Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 200).Select(day => $"{new DateOnly(2014, 1, 1).AddDays(day):yyyy-MM-dd}")));
        var error = await Assert.ThrowsAsync<ClickHouseException>(() => _client.InsertAsync("INSERT INTO days FORMAT TSV", rows));
        Assert.Equal(252, error.Code);
        await _client.InsertAsync("INSERT INTO days FORMAT TSV", rows, new Dictionary<string, string> { ["max_partitions_per_insert_block"] = "0" });
    }

    [Fact]
    public async Task A_server_that_is_away_is_unavailable()
    {
        using var away = new ClickHouseClient(new() { Url = new($"http://127.0.0.1:{FreePort.Next()}") }, TimeProvider.System);
        await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => away.PingAsync());
        await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => away.InsertAsync("INSERT INTO t FORMAT TSV", "1\ta\n"u8.ToArray()));
    }

    [Fact]
    public async Task A_server_that_resets_each_connection_as_soon_as_it_is_made_is_unavailable()
    {
        await using var server = new ResettingServer();
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = server.Url }, TimeProvider.System);

        for (var i = 0; i < 500; i++)
        {
            await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => client.InsertAsync("INSERT INTO t FORMAT TSV", "1\ta\n"u8.ToArray()));
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_unavailable()
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)deaf.LocalEndpoint).Port}");
        using var client = new ClickHouseClient(new() { Url = url, TimeoutSeconds = 1 }, TimeProvider.System);
        var error = await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => client.QueryAsync("SELECT 1", row => 0));
        Assert.Equal("ClickHouse did not answer within 1 s", error.Message);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation()
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.QueryAsync(
            "SELECT sum(sleepEachRow(0.1)) FROM numbers(1000) SETTINGS max_block_size = 1", row => 0, cancel: giveUp.Token));
    }

    private static ReadOnlySequence<byte> Pieces(byte[] first, byte[] second)
    {
        var start = new Piece(first, 0);
        return new(start, 0, start.Then(second), second.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long index) => (Memory, RunningIndex) = (bytes, index);

        public Piece Then(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
