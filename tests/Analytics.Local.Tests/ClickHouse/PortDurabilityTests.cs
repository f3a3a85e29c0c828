using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

/// <summary>What was answered 200 is there after the process died.</summary>
public sealed class PortDurabilityTests
{
    private const int Writers = 4;
    private const int RowsPerInsert = 50;

    [Fact]
    public async Task A_kill_under_load_loses_no_acknowledged_row_and_a_resend_doubles_none()
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var port = new Port(server);
        await port.AskAsync("CREATE TABLE cells (id UInt64, ver Int64, n Int64) ENGINE = ReplacingMergeTree(ver) ORDER BY id");

        var acknowledged = new ConcurrentDictionary<int, bool>();
        var unknown = new ConcurrentDictionary<int, bool>();
        var next = 0;
        for (var round = 0; round < 3; round++)
        {
            var target = acknowledged.Count + 40;
            var writers = Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
            {
                while (await TryWriteAsync(port, Interlocked.Increment(ref next), ver: 1, acknowledged, unknown))
                {
                }
            })).ToArray();
            await Eventually.HoldsAsync("the writers are at work", () => acknowledged.Count >= target, TimeSpan.FromSeconds(60));
            await server.KillAsync();
            await Task.WhenAll(writers);
            await server.RestartAsync();
        }

        var stored = await StoredAsync(port, "SELECT DISTINCT intDiv(id, 1000) FROM cells");
        Assert.Empty(acknowledged.Keys.Except(stored));
        Assert.NotEmpty(unknown);

        // As our writers do: what was not acknowledged is sent again, and so may be anything else.
        foreach (var batch in unknown.Keys.Concat(acknowledged.Keys.Take(10)))
        {
            Assert.True(await TryWriteAsync(port, batch, ver: 1, acknowledged, unknown));
        }

        var rows = acknowledged.Count * RowsPerInsert;
        Assert.Equal($"{rows}\t{rows}\t{rows}", await port.AskAsync("SELECT count(), uniqExact(id), sum(n) FROM cells FINAL"));
    }

    [Fact]
    public async Task A_higher_version_wins_before_and_after_a_restart()
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var port = new Port(server);
        await port.AskAsync("CREATE TABLE cells (id UInt64, ver Int64, n Int64) ENGINE = ReplacingMergeTree(ver) ORDER BY id");
        foreach (var rows in new[] { "1,5,50\n2,5,50", "1,7,70", "1,6,60\n2,4,40" })
        {
            Assert.Equal(HttpStatusCode.OK, (await port.InsertAsync("INSERT INTO cells FORMAT CSV", rows)).Status);
        }

        const string Read = "SELECT id, ver, n FROM cells FINAL ORDER BY id";
        Assert.Equal("1\t7\t70\n2\t5\t50", await port.AskAsync(Read));
        Assert.Equal(0, await server.StopAsync());
        await server.RestartAsync();
        Assert.Equal("1\t7\t70\n2\t5\t50", await port.AskAsync(Read));
    }

    [Fact]
    public async Task A_graceful_stop_lets_a_running_insert_finish()
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var port = new Port(server);
        await port.AskAsync("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a");
        var insert = port.PostAsync("INSERT INTO t SELECT number + sleepEachRow(0.5) FROM numbers(10) SETTINGS max_block_size = 1");
        await Eventually.HoldsAsync(
            "the insert runs",
            async () => await port.AskAsync("SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'") == "1");
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(HttpStatusCode.OK, (await insert).Status);
        await server.RestartAsync();
        Assert.Equal("10", await port.AskAsync("SELECT count() FROM t"));
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_or_port_says_what_is_wrong()
    {
        await using var server = await ClickHouseServer.StartAsync();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.StartAsync(
            [
                "dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Local.dll"), "clickhouse",
                "--port", server.Url.Port.ToString(CultureInfo.InvariantCulture), "--data", Path.Combine(Path.GetTempPath(), "analytics-" + Guid.NewGuid().ToString("N")),
            ],
            line => line.StartsWith("ready", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30)));
        Assert.Contains("clickhouse: Failed to bind to address", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.StartAsync(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Local.dll"), "clickhouse", "--port", "0", "--data", server.Data],
            line => line.StartsWith("ready", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30)));
        Assert.Contains("is another process using it", error.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> TryWriteAsync(
        Port port, int batch, int ver, ConcurrentDictionary<int, bool> acknowledged, ConcurrentDictionary<int, bool> unknown)
    {
        var rows = string.Join('\n', Enumerable.Range(0, RowsPerInsert).Select(row => $"{(batch * 1000) + row},{ver},1"));
        try
        {
            var answer = await port.InsertAsync("INSERT INTO cells FORMAT CSV", rows);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            acknowledged[batch] = true;
            return true;
        }
        catch (HttpRequestException)
        {
            unknown[batch] = true;
            return false;
        }
    }

    private static async Task<int[]> StoredAsync(Port port, string sql) =>
        [.. (await port.AskAsync(sql)).Split('\n').Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
}
