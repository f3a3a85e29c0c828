using System.Globalization;

namespace Analytics.Testing;

/// <summary>ClickHouse's HTTP interface over the real engine, as a process of its own on a free port, with a data folder of its own.</summary>
/// <remarks>
/// Tests that need tables of their own share one in the process (<see cref="SharedAsync"/>) and use a database of their own name.
/// A test that stops or kills it starts its own with <see cref="StartAsync"/>.
/// </remarks>
public sealed class ClickHouseServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<ClickHouseServer>> Shared = new(() => StartAsync());
    private readonly string[] _options;
    private ChildProcess? _process;
    private string _said = "";

    private ClickHouseServer(int port, string[] options)
    {
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _options = options;
    }

    /// <summary>Where it serves; the same after <see cref="RestartAsync"/>.</summary>
    public Uri Url { get; }

    /// <summary>Its data folder, which is removed when the test process ends.</summary>
    public string Data { get; } = Path.Combine(Path.GetTempPath(), "analytics-clickhouse-" + Guid.NewGuid().ToString("N"));

    /// <summary>The id of its process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>All that the process, or the one before it, has printed so far.</summary>
    public string Output => _process?.Output ?? _said;

    /// <summary>The server that the whole test process shares. Do not stop it.</summary>
    public static Task<ClickHouseServer> SharedAsync() => Shared.Value;

    /// <summary>Starts a server of its own, with further options of the verb (for example <c>--password</c>).</summary>
    public static async Task<ClickHouseServer> StartAsync(params string[] options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new ClickHouseServer(FreePort.Next(), options);
            try
            {
                await server.RestartAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Someone took the port between the look and the bind: take another.
            }
        }
    }

    /// <summary>Stops it gracefully; the data stays. Gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        var code = await _process!.StopAsync(Limit);
        _said = _process.Output;
        await _process.DisposeAsync();
        _process = null;
        return code;
    }

    /// <summary>Kills it (kill -9); the data stays.</summary>
    public async Task KillAsync()
    {
        await _process!.CrashAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Starts it again on the same port and the same data.</summary>
    public async Task RestartAsync() => _process = await ChildProcess.StartAsync(
        [
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Local.dll"), "clickhouse",
            "--port", Url.Port.ToString(CultureInfo.InvariantCulture), "--data", Data, .. _options,
        ],
        line => line.StartsWith("ready clickhouse ", StringComparison.Ordinal),
        Limit,
        removeAfterwards: Data);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await StopAsync();
        }
    }
}
