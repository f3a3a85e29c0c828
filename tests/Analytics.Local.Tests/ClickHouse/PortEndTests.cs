using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

/// <summary>The port ends in time, with exit code 0 and all that it has acknowledged, whatever its clients and the engine are doing.</summary>
public sealed class PortEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("analytics-port-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Clients_that_do_not_read_do_not_send_and_do_not_end_hold_up_the_end_for_its_grace_only()
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var port = new Port(server);
        await port.AskAsync("CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a SETTINGS parts_to_throw_insert = 100000, parts_to_delay_insert = 100000");
        for (var i = 0; i < 60; i++)
        {
            await port.AskAsync($"INSERT INTO t SELECT number, repeat('x', 50) FROM numbers({i * 5_000}, 5000)");
        }

        var merge = port.PostAsync("OPTIMIZE TABLE t FINAL");
        using var halfHead = Connect(server, "POST /?query=SELECT");
        using var halfBody = Connect(server, "POST /?query=INSERT%20INTO%20t%20FORMAT%20CSV HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n1,\"a\"\n");
        using var unread = Connect(server, "GET /?query=SELECT%20number%20FROM%20system.numbers HTTP/1.1\r\nHost: x\r\n\r\n");
        using var waits = Connect(server, "GET /?query=SELECT%20sleepEachRow(1)%20FROM%20numbers(1000)%20SETTINGS%20max_block_size=1 HTTP/1.1\r\nHost: x\r\n\r\n");
        await RunsAsync(port, "sleepEachRow");
        await RunsAsync(port, "system.numbers");

        var started = Stopwatch.GetTimestamp();
        Assert.Equal(0, await server.StopAsync());

        // Eight seconds of grace, and not the limit of thirty. The merge may end within it or be cut.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(25));
        Assert.DoesNotContain("ends without", server.Output, StringComparison.Ordinal);
        await Task.WhenAny(merge);
        await server.RestartAsync();
        Assert.Equal("300000\t300000", await port.AskAsync("SELECT count(), uniqExact(a) FROM t"));
    }

    [Fact]
    public async Task A_statement_that_nothing_can_stop_ends_with_the_process_at_its_limit()
    {
        await using var server = await ClickHouseServer.StartAsync("--stop-within", "3");
        using var port = new Port(server);
        await port.AskAsync("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a");

        // The engine waits inside the system for somebody who writes.
        var pipe = Path.Combine(_folder, "pipe");
        using (var made = Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync();
        }

        var stuck = port.GetAsync($"SELECT count() FROM file('{pipe}', 'LineAsString')");
        await RunsAsync(port, "LineAsString");
        await port.AskAsync("INSERT INTO t SELECT number FROM numbers(1000)");

        Assert.Equal(0, await server.StopAsync());
        Assert.Contains("did not end within 3 s of the signal", server.Output, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => stuck);
        await server.RestartAsync();
        Assert.Equal("1000", await port.AskAsync("SELECT count() FROM t"));
    }

    private static Socket Connect(ClickHouseServer server, string text)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        socket.Connect(IPAddress.Loopback, server.Url.Port);
        socket.Send(Encoding.ASCII.GetBytes(text));
        return socket;
    }

    private static Task RunsAsync(Port port, string text) => Eventually.HoldsAsync(
        $"a statement with {text} runs",
        async () => int.Parse(
            await port.AskAsync($"SELECT count() FROM system.processes WHERE query LIKE '%{text}%' AND query NOT LIKE '%processes%'"), CultureInfo.InvariantCulture) > 0);
}
