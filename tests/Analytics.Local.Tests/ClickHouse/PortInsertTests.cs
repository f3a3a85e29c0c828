using System.Net;
using System.Text;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

/// <summary>Every way in which rows may come in.</summary>
public sealed class PortInsertTests : IAsyncLifetime
{
    private readonly string _database = "insert_" + Guid.NewGuid().ToString("N");
    private Port _port = null!;

    private (string, string) Database => ("database", _database);

    public async Task InitializeAsync()
    {
        _port = new(await ClickHouseServer.SharedAsync());
        await _port.AskAsync($"CREATE DATABASE {_database}");
        await _port.AskAsync("CREATE TABLE t (a UInt64, s LowCardinality(String)) ENGINE = MergeTree ORDER BY a", Database);
    }

    public async Task DisposeAsync()
    {
        await _port.AskAsync($"DROP DATABASE {_database}");
        _port.Dispose();
    }

    [Theory]
    [InlineData("INSERT INTO t FORMAT CSV", "1,a\n2,b\n")]
    [InlineData("INSERT INTO t (s, a) FORMAT CSV", "a,1\nb,2\n")]
    [InlineData("INSERT INTO t SETTINGS max_insert_threads = 1 FORMAT TSV", "1\ta\n2\tb\n")]
    [InlineData("INSERT INTO t FORMAT JSONEachRow", "{\"a\":1,\"s\":\"a\"}\n{\"a\":2,\"s\":\"b\"}")]
    [InlineData("INSERT INTO t VALUES", "(1, 'a'), (2, 'b')")]
    [InlineData("INSERT INTO t (a, s) VALUES", "(1, 'a'), (1 + 1, concat('b', ''))")]
    [InlineData("insert into t format Values", "(1, 'a'), (2, 'b')")]
    [InlineData("INSERT INTO t SELECT a, s FROM input('a UInt64, s String') FORMAT CSV", "1,a\n2,b\n")]
    [InlineData("INSERT INTO t SELECT x - 1, upper(y) FROM (SELECT * FROM input('x UInt64, y String') WHERE x < 4) FORMAT TSV", "2\ta\n3\tb\n4\tc\n")]
    public async Task Rows_come_after_a_statement_in_the_url_or_after_it_in_the_body(string statement, string rows)
    {
        foreach (var isInUrl in new[] { true, false })
        {
            var answer = isInUrl ? await _port.InsertAsync(statement, rows, Database) : await _port.PostAsync($"{statement}\n{rows}", Database);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            Assert.Contains("\"written_rows\":\"2\"", answer.Headers["X-ClickHouse-Summary"], StringComparison.Ordinal);
            Assert.Equal("2\t3\tAB", await _port.AskAsync("SELECT count(), sum(a), arrayStringConcat(groupArray(upper(s))) FROM (SELECT * FROM t ORDER BY a)", Database));
            await _port.AskAsync("TRUNCATE TABLE t", Database);
        }
    }

    [Fact]
    public async Task An_insert_from_a_select_needs_no_rows_from_the_client()
    {
        await _port.AskAsync("INSERT INTO t SELECT number, 'x' FROM numbers(1000)", Database);
        Assert.Equal("1000", await _port.AskAsync("SELECT count() FROM t", Database));
    }

    [Fact]
    public async Task Native_blocks_with_plain_strings_fit_low_cardinality_columns()
    {
        var block = await _port.PostAsync("SELECT number AS a, toString(number % 3) AS s FROM numbers(1000) FORMAT Native");
        Assert.Equal(HttpStatusCode.OK, (await _port.InsertAsync("INSERT INTO t (a, s) FORMAT Native", block.Body, Database)).Status);
        Assert.Equal("1000\t499500\t3", await _port.AskAsync("SELECT count(), sum(a), uniqExact(s) FROM t", Database));
    }

    [Theory]
    [InlineData("INSERT INTO t FORMAT CSV", "1,a\nnot a number,b\n", "27")]
    [InlineData("INSERT INTO nowhere FORMAT CSV", "1,a\n", "60")]
    [InlineData("INSERT INTO t FORMAT NoSuchFormat", "1,a\n", "73")]
    [InlineData("INSERT INTO t SELECT a, s FROM input('a UInt64, s String') FORMAT CSV", "x,a\n", "27")]
    [InlineData("INSERT INTO t SELECT * FROM input() FORMAT CSV", "1,a\n", "36")]
    public async Task A_refused_insert_leaves_nothing_behind(string statement, string rows, string code)
    {
        Assert.Equal(code, (await _port.InsertAsync(statement, rows, Database)).Code);
        Assert.Equal("0", await _port.AskAsync("SELECT count() FROM t", Database));
    }

    [Fact]
    public async Task A_cut_binary_row_is_an_error()
    {
        var row = new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 1, (byte)'a' };
        var answer = await _port.InsertAsync("INSERT INTO t FORMAT RowBinary", [.. row, .. row[..5]], Database);
        Assert.Equal("33", answer.Code);
    }

    [Fact]
    public async Task Twelve_hundred_day_partitions_take_one_insert_when_the_limit_is_lifted()
    {
        await _port.AskAsync("CREATE TABLE days (d Date, n Int64) ENGINE = MergeTree PARTITION BY toYYYYMMDD(d) ORDER BY n", Database);
        var rows = string.Join('\n', Enumerable.Range(0, 12_000).Select(n => $"{new DateOnly(2014, 1, 1).AddDays(n % 1200):yyyy-MM-dd}\t{n}"));
        Assert.Equal("252", (await _port.InsertAsync("INSERT INTO days FORMAT TSV", rows, Database)).Code);
        var answer = await _port.InsertAsync("INSERT INTO days FORMAT TSV", rows, Database, ("max_partitions_per_insert_block", "0"), ("async_insert", "0"));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal("12000\t1200", await _port.AskAsync("SELECT count(), uniqExact(d) FROM days", Database));
    }

    [Theory]
    [InlineData("INSERT INTO big FORMAT RowBinary")]
    [InlineData("INSERT INTO big SELECT a, s FROM input('a UInt64, s String') FORMAT RowBinary")]
    public async Task The_memory_of_an_insert_does_not_grow_with_its_size(string statement)
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var port = new Port(server);
        await port.AskAsync("CREATE TABLE big (a UInt64, s String) ENGINE = MergeTree ORDER BY a");
        await StreamAsync(port, statement, megabytes: 150);
        var before = PeakMegabytes(server.ProcessId);
        await StreamAsync(port, statement, megabytes: 900);
        Assert.Equal("10500000", await port.AskAsync("SELECT count() FROM big"));

        // Merges in the background take some hundred; holding the insert would take 750 more.
        Assert.InRange(PeakMegabytes(server.ProcessId) - before, 0, 600);
    }

    private static async Task StreamAsync(Port port, string statement, int megabytes)
    {
        var piece = new byte[1_000_000];
        for (var row = 0; row < 10_000; row++)
        {
            var start = row * 100;
            BitConverter.TryWriteBytes(piece.AsSpan(start), (long)row);
            piece[start + 8] = 91;
            Encoding.ASCII.GetBytes("row", piece.AsSpan(start + 9));
        }

        var body = new PushedContent(async stream =>
        {
            for (var sent = 0; sent < megabytes; sent++)
            {
                await stream.WriteAsync(piece);
            }
        });
        var answer = await port.SendAsync(new(HttpMethod.Post, Port.Url(statement)) { Content = body });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    private static long PeakMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }

    private sealed class PushedContent(Func<Stream, Task> push) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => push(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
