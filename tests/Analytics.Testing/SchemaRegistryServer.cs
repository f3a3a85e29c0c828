using System.Globalization;

namespace Analytics.Testing;

/// <summary>The schema registry as a process of its own, on a free port, over a PostgreSQL database.</summary>
public sealed class SchemaRegistryServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _postgres;
    private ChildProcess _process;

    private SchemaRegistryServer(ChildProcess process, string postgres)
    {
        _process = process;
        _postgres = postgres;
        Url = process.ReadyLine.Split(' ')[^1];
    }

    /// <summary><c>http://127.0.0.1:port</c>; the same after <see cref="RestartAsync"/>.</summary>
    public string Url { get; }

    /// <summary>Starts a registry over a new database of the shared server.</summary>
    public static async Task<SchemaRegistryServer> StartAsync() => await StartAsync(await PostgresServer.NewDatabaseAsync());

    /// <summary>Starts a registry over a database, for example one that a registry has used before.</summary>
    public static async Task<SchemaRegistryServer> StartAsync(string postgres) => new(await LaunchAsync("0", postgres), postgres);

    /// <summary>Asks the registry to stop. Gives its exit code.</summary>
    public Task<int> StopAsync() => _process.StopAsync(Limit);

    /// <summary>Ends the registry as a crash does and starts it again, on the same port and database.</summary>
    public async Task RestartAsync()
    {
        await _process.CrashAsync();
        await _process.DisposeAsync();
        _process = await LaunchAsync(new Uri(Url).Port.ToString(CultureInfo.InvariantCulture), _postgres);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static Task<ChildProcess> LaunchAsync(string port, string postgres) => ChildProcess.StartAsync(
        ["dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Local.dll"), "registry", "--port", port, "--postgres", postgres],
        line => line.StartsWith("ready registry ", StringComparison.Ordinal),
        Limit);
}
