using System.Globalization;

namespace Analytics.Testing;

/// <summary>A real redis-server on a free port, empty at the start, keeping nothing on disk.</summary>
/// <remarks>
/// Most tests share one in the process (<see cref="SharedAsync"/>) and use tenants of their own, because the keys carry the tenant.
/// A test that stops, crashes or empties it starts its own with <see cref="StartAsync"/>.
/// </remarks>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly Lazy<Task<RedisServer>> Shared = new(StartAsync);
    private ChildProcess? _process;

    private RedisServer(int port) => Port = port;

    /// <summary>The port on 127.0.0.1. It stays the same over <see cref="StopAsync"/> and <see cref="RestartAsync"/>.</summary>
    public int Port { get; }

    /// <summary>For StackExchange.Redis: <c>127.0.0.1:port</c>.</summary>
    public string Connection => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The server that the whole test process shares. Do not stop it.</summary>
    public static Task<RedisServer> SharedAsync() => Shared.Value;

    /// <summary>Starts a server of its own.</summary>
    /// <exception cref="InvalidOperationException">redis-server is not installed or does not start.</exception>
    public static async Task<RedisServer> StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer(FreePort.Next());
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

    /// <summary>Stops it as an outage does; nothing it held comes back.</summary>
    public async Task StopAsync()
    {
        if (_process is { } running)
        {
            _process = null;
            await running.StopAsync(Limit);
            await running.DisposeAsync();
        }
    }

    /// <summary>Kills it (kill -9).</summary>
    public async Task CrashAsync()
    {
        if (_process is { } running)
        {
            _process = null;
            await running.CrashAsync();
            await running.DisposeAsync();
        }
    }

    /// <summary>Starts it again on the same port, empty.</summary>
    public async Task RestartAsync() => _process = await ChildProcess.StartAsync(
        [
            "redis-server", "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", Path.GetTempPath(),
        ],
        line => line.Contains("Ready to accept connections", StringComparison.Ordinal),
        Limit);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();
}
