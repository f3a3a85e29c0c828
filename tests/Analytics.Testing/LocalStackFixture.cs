using System.Globalization;
using System.Security.Cryptography;
using Analytics.Local.Supervising;
using Xunit;

namespace Analytics.Testing;

/// <summary>The whole product as <c>make run</c> starts it: on free ports, in a temporary folder, gone with the tests.</summary>
/// <remarks>
/// As a class fixture: <c>IClassFixture&lt;LocalStackFixture&gt;</c>, an empty stack (no demo). By hand:
/// <c>await using var stack = await LocalStackFixture.StartAsync(demo: true);</c>. A start takes about 5 s, with the demo some more.
/// The programs must have been built in the configuration of the tests.
/// </remarks>
public sealed class LocalStackFixture : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(150);
    private ChildProcess? _process;
    private Dictionary<string, string> _values = [];

    /// <summary>Makes the folder and chooses the ports; nothing runs yet.</summary>
    public LocalStackFixture()
    {
        // Not 0700 as other temporary folders: PostgreSQL's own user must pass through it.
        Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "analytics-stack-" + RandomNumberGenerator.GetHexString(12, lowercase: true))).FullName;
        string[] parts = ["API", "REGISTRY", "CLICKHOUSE", "KAFKA", "REDIS", "POSTGRES", "API_METRICS", "WORKER_METRICS", "JOBS_METRICS"];
        Settings = parts.Zip(FreePort.Next(parts.Length))
            .ToDictionary(port => $"ANALYTICS_{port.First}_PORT", port => port.Second.ToString(CultureInfo.InvariantCulture));
        Settings["ANALYTICS_DATA"] = Folder;
        Settings["ANALYTICS_DEMO"] = "off";
    }

    /// <summary>Its data folder.</summary>
    public string Folder { get; }

    /// <summary>Its settings, as environment variables; change them before it starts.</summary>
    public Dictionary<string, string> Settings { get; }

    /// <summary>Address of the API and the dashboard.</summary>
    public Uri ApiUrl => new(this["API_URL"]);

    /// <summary>The supervisor's process id.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The stack does not run.");

    /// <summary>All that the supervisor has printed since it started.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>A value of the file <c>env</c>: <c>API_URL</c>, <c>READ_KEY</c>, <c>CLICKHOUSE_URL</c>, …</summary>
    public string this[string name] => _values[name];

    /// <summary>Starts a stack of its own.</summary>
    public static async Task<LocalStackFixture> StartAsync(bool demo = false)
    {
        var stack = new LocalStackFixture();
        stack.Settings["ANALYTICS_DEMO"] = demo ? "on" : "off";
        await stack.InitializeAsync();
        return stack;
    }

    /// <summary>Starts it, or starts it again with what it kept.</summary>
    public async Task InitializeAsync()
    {
        _process = await ChildProcess.StartAsync(
            ["dotnet", ProgramFiles.PathOf("Analytics.Local"), "run"],
            line => line.StartsWith("Ready: ", StringComparison.Ordinal),
            StartLimit,
            removeAfterwards: Folder,
            environment: Settings);
        _values = File.ReadLines(Path.Combine(Folder, "env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim('\''));
    }

    /// <summary>Stops it in order, as Ctrl-C does; what it keeps stays. Gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (_process is not { } running)
        {
            return 0;
        }

        _process = null;
        var code = await running.InterruptAsync(StopLimit);
        await running.DisposeAsync();
        return code;
    }

    /// <summary>Kills the supervisor (kill -9), and nothing else.</summary>
    public async Task CrashAsync()
    {
        if (_process is { } running)
        {
            _process = null;
            await running.CrashAsync();
            await running.DisposeAsync();
        }
    }

    /// <summary>Runs another verb of the program, such as <c>down</c>, for this stack.</summary>
    public Task<ChildProcess> RunAsync(string verb, Func<string, bool> until) => ChildProcess.StartAsync(
        ["dotnet", ProgramFiles.PathOf("Analytics.Local"), verb], until, StartLimit, environment: Settings);

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
