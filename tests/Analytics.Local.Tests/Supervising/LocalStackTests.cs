using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Analytics.Local.Supervising;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Local.Tests.Supervising;

public sealed class LocalStackTests
{
    private const int LiveDemo = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_taken_port_is_named_and_nothing_is_left_running()
    {
        var stack = new LocalStackFixture();
        using var listener = new TcpListener(IPAddress.Loopback, int.Parse(stack.Settings["ANALYTICS_REDIS_PORT"], CultureInfo.InvariantCulture));
        listener.Start();

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(stack.InitializeAsync);

        Assert.Contains($"Port {stack.Settings["ANALYTICS_REDIS_PORT"]} of redis is taken by ", fault.Message);
        Assert.Contains($"(process {Environment.ProcessId})", fault.Message);
        Assert.Empty(Directory.GetFiles(Path.Combine(stack.Folder, "pids")));
        await stack.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_copies_side_by_side_down_stops_only_its_own()
    {
        await using var first = await LocalStackFixture.StartAsync();
        await using var second = await LocalStackFixture.StartAsync();
        var ofFirst = Parts(first);
        var ofSecond = Parts(second);

        await using var again = await second.RunAsync("up", line => line == $"Ready: {second["API_URL"]}");
        await using var down = await first.RunAsync("down", line => line.EndsWith("stopped", StringComparison.Ordinal));

        Assert.True(ofFirst.Count >= 7, $"Expected seven parts or more, found {ofFirst.Count}");
        Assert.DoesNotContain(ofFirst, part => part.IsRunning);
        Assert.All(ofSecond, part => Assert.True(part.IsRunning));
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(second.ApiUrl, "/health/ready"))).StatusCode);
    }

    [Fact]
    public async Task A_supervisor_that_is_killed_takes_everything_with_it_and_the_next_start_works()
    {
        await using var stack = await LocalStackFixture.StartAsync();
        var parts = Parts(stack);

        await stack.CrashAsync();

        await Eventually.HoldsAsync("all parts are gone", () => !parts.Exists(part => part.IsRunning), Limit);
        await stack.InitializeAsync();
        Assert.Equal(0, await stack.StopAsync());
    }

    [Fact]
    public async Task A_restart_of_everything_keeps_what_was_answered_202_and_counts_nothing_twice()
    {
        const int Events = 500;
        await using var stack = await LocalStackFixture.StartAsync();
        var batch = new { events = Enumerable.Range(0, Events).Select(Event).ToArray() };
        await SendAsync(stack, batch);

        Assert.Equal(0, await stack.StopAsync());
        await stack.InitializeAsync();
        await SendAsync(stack, batch);

        using var clickHouse = new ClickHouseClient(new() { Url = new(stack["CLICKHOUSE_URL"]) }, TimeProvider.System);
        var counts = await Eventually.ValueAsync(
            "the second sending is counted as duplicates",
            () => NumbersAsync(clickHouse, "SELECT sum(accepted), sum(duplicate) FROM ledger FINAL"),
            numbers => numbers.Sum() >= 2 * Events,
            Limit);
        Assert.Equal(Events, counts[0]);
        var cells = await NumbersAsync(clickHouse, $"SELECT sum(events) FROM cells FINAL WHERE tenant = {LiveDemo}");
        Assert.Equal([Events], cells);
    }

    private static object Event(int number) => new
    {
        event_id = Guid.NewGuid(),
        tenant_id = LiveDemo,
        name = "page_view",
        user_id = $"user-{number % 50}",
        created_at = TimeProvider.System.GetUtcNow(),
        url = "https://shop.example/",
    };

    /// <summary>Sends as a client does: again, as long as the collector says 503.</summary>
    private static async Task SendAsync(LocalStackFixture stack, object batch)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", stack["WRITE_KEY"]);
        var status = await Eventually.ValueAsync(
            "the collector takes the batch",
            async () =>
            {
                using var reply = await http.PostAsJsonAsync(new Uri(stack.ApiUrl, "/api/v1/events/batch"), batch);
                return reply.StatusCode;
            },
            status => status != HttpStatusCode.ServiceUnavailable,
            Limit);
        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    private static async Task<long[]> NumbersAsync(ClickHouseClient clickHouse, string sql) =>
        (await clickHouse.QueryAsync(sql, row => row.EnumerateArray().Select(number => number.GetInt64()).ToArray())).Single();

    private static List<ProcessIdentity> Parts(LocalStackFixture stack) =>
        [.. Directory.GetFiles(Path.Combine(stack.Folder, "pids")).Select(ProcessIdentity.Read).OfType<ProcessIdentity>()];
}
