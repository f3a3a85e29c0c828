using System.Globalization;

namespace Analytics.Testing;

/// <summary>The built-in broker as a process of its own, on a free port, with the event topics; its faults on command.</summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly int _partitions;
    private ChildProcess _process;

    private KafkaBroker(ChildProcess process, int partitions)
    {
        _process = process;
        _partitions = partitions;
        BootstrapServers = process.ReadyLine.Split(' ')[^1];
    }

    /// <summary><c>127.0.0.1:port</c>; the same after <see cref="RestartAsync"/>.</summary>
    public string BootstrapServers { get; }

    /// <summary>The id of the broker's process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts a broker with the four topics of the product.</summary>
    public static async Task<KafkaBroker> StartAsync(int partitions = 4) => new(await LaunchAsync(0, partitions), partitions);

    /// <summary>
    /// Ends the broker as a crash does: its log, its offsets and its topic ids are gone. Then starts it again on the same port.
    /// </summary>
    public async Task RestartAsync()
    {
        await _process.CrashAsync();
        await _process.DisposeAsync();
        var port = BootstrapServers.Split(':')[^1];
        _process = await LaunchAsync(int.Parse(port, CultureInfo.InvariantCulture), _partitions);
    }

    /// <summary>Asks the broker to stop. Gives its exit code.</summary>
    public Task<int> StopAsync() => _process.StopAsync(Limit);

    /// <summary>Makes another topic.</summary>
    public Task CreateTopicAsync(string topic, int partitions) => CommandAsync($"topic {topic} {partitions}");

    /// <summary>Removes a topic; made again it has a new id.</summary>
    public Task DeleteTopicAsync(string topic) => CommandAsync($"drop {topic}");

    /// <summary>Moves the start of a partition's log forward, as retention does.</summary>
    public Task DeleteRecordsAsync(string topic, int partition, long before) => CommandAsync($"truncate {topic} {partition} {before}");

    /// <summary>Drops all connections and refuses new ones until <see cref="ComeUpAsync"/>; the log stays.</summary>
    public Task GoDownAsync() => CommandAsync("down");

    /// <summary>Accepts connections again.</summary>
    public Task ComeUpAsync() => CommandAsync("up");

    /// <summary>Delays every response.</summary>
    public Task SetRoundTripAsync(TimeSpan delay) => CommandAsync($"rtt {(int)delay.TotalMilliseconds}");

    /// <summary>
    /// Lets the next requests of a kind ("Produce", "Fetch", "OffsetCommit", …) fail with Kafka's error code; -195 drops the connection.
    /// </summary>
    public Task FailAsync(string request, int error, int count = 1) => CommandAsync($"fail {request} {error} {count}");

    /// <summary>Forgets the faults still due for a kind of request.</summary>
    public Task HealAsync(string request) => CommandAsync($"heal {request}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _turn.Dispose();
    }

    private static Task<ChildProcess> LaunchAsync(int port, int partitions) => ChildProcess.StartAsync(
        [
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Local.dll"), "broker", "--control", "true",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--partitions", partitions.ToString(CultureInfo.InvariantCulture),
        ],
        line => line.StartsWith("ready broker ", StringComparison.Ordinal),
        Limit);

    private async Task CommandAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            var answer = await _process.AskAsync(command, line => line == "ok" || line.StartsWith("refused: ", StringComparison.Ordinal), Limit);
            if (answer != "ok")
            {
                throw new InvalidOperationException($"The broker answered '{command}' with: {answer}");
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
