using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Testing;

/// <summary>A real PostgreSQL, made for the tests in a temporary folder and gone with them.</summary>
/// <remarks>
/// Most tests share one server in the process and take a database each: <c>var connection = await PostgresServer.NewDatabaseAsync();</c>.
/// A test that stops the server starts its own with <see cref="StartAsync"/>.
/// The server refuses to run as root; then it runs as the distribution's user <c>postgres</c>.
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "analytics";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);
    private readonly string _folder;
    private ChildProcess? _process;

    private PostgresServer(string folder, int port)
    {
        _folder = folder;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1. It stays the same over <see cref="StopAsync"/> and <see cref="RestartAsync"/>.</summary>
    public int Port { get; }

    private static string? RunAs => Environment.IsPrivilegedProcess ? "postgres" : null;

    /// <summary>A new, empty database on the server that the whole test process shares. Gives its Npgsql connection string.</summary>
    public static async Task<string> NewDatabaseAsync() => await (await Shared.Value).CreateDatabaseAsync();

    /// <summary>A new database with the product's tables. To be disposed of by who asks.</summary>
    public static async Task<NpgsqlDataSource> NewMigratedAsync()
    {
        var source = NpgsqlDataSource.Create(await NewDatabaseAsync());
        await PostgresMigrations.ApplyAsync(source);
        return source;
    }

    /// <summary>Makes and starts a server of its own.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "analytics-postgres-" + RandomName());
        await InitialiseAsync(folder);
        for (var attempt = 1; ; attempt++)
        {
            var server = new PostgresServer(folder, FreePort.Next());
            try
            {
                await server.RestartAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Someone took the port between the look and the bind: take another.
            }
        }
    }

    /// <summary>A connection string to <paramref name="database"/> on this server.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = User,
        Database = database,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>A new, empty database on this server. Gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "test_" + RandomName();
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres") + ";Pooling=false");
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Stops the server as an outage does; its data stays.</summary>
    public async Task StopAsync()
    {
        if (_process is { } running)
        {
            _process = null;
            await running.InterruptAsync(Limit);
            await running.DisposeAsync();
        }
    }

    /// <summary>Starts the server again on the same port with the same data.</summary>
    public async Task RestartAsync() => _process = await ChildProcess.StartAsync(
        [
            Program("postgres"), "-D", _folder,
            "-c", string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=",
            "-c", "max_connections=200",
            "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
            "-c", "shared_buffers=32MB",
            "-c", "lc_messages=C",
        ],
        line => line.Contains("ready to accept connections", StringComparison.Ordinal),
        Limit,
        removeAfterwards: _folder,
        asUser: RunAs,
        environment: Locale);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static IReadOnlyDictionary<string, string> Locale { get; } = new Dictionary<string, string> { ["LC_ALL"] = "C" };

    private static Task InitialiseAsync(string folder) => RunAsync(
        Program("initdb"), "-D", folder, "-U", User, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");

    private static async Task RunAsync(string program, params string[] arguments)
    {
        string[] all = RunAs is { } user
            ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", program, .. arguments]
            : [program, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{await output}{await errors}");
        }
    }

    private static string Program(string name)
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return folders
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin", name))
            .FirstOrDefault(File.Exists) ?? name;
    }

    private static string RandomName() => RandomNumberGenerator.GetHexString(12, lowercase: true);
}
