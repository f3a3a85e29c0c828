using Analytics.Testing;
using Microsoft.AspNetCore.Builder;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>More APIs over the same stores, each started when it is first asked for: one with small limits, one for which stores are away, …</summary>
public sealed class OtherApis(RunningApi api) : IAsyncLifetime
{
    private readonly Dictionary<string, WebApplication> _apps = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var app in _apps.Values)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    /// <summary>One that serves an address a request a second, and believes what it is told of the address.</summary>
    public Task<string> SlowAsync() => StartedAsync(
        "slow", "--Limits:Enabled=true", "--Limits:Proxies=127.0.0.1", "--Limits:CollectPerIp=1", "--Limits:CollectPerIpBurst=1", "--Limits:QuestionsPerIp=1", "--Limits:QuestionsPerIpBurst=1",
        "--Limits:ManagePerCaller=1", "--Limits:ManagePerCallerBurst=1");

    /// <summary>One that lets no question read more than a row.</summary>
    public Task<string> StrictAsync() => StartedAsync("strict", "--Questions:MaxRowsToRead=1");

    /// <summary>One that reaches neither ClickHouse nor Kafka.</summary>
    public Task<string> WithoutHistoryAsync() => StartedAsync(
        "without history", $"--ClickHouse:Url=http://127.0.0.1:{FreePort.Next()}", $"--Kafka:BootstrapServers=127.0.0.1:{FreePort.Next()}", "--Kafka:DeliveryTimeout=00:00:00.300");

    /// <summary>One that does not reach PostgreSQL.</summary>
    public Task<string> WithoutDirectoryAsync() => StartedAsync("without directory", $"--Postgres:Connection=Host=127.0.0.1;Port={FreePort.Next()};Database=none;Username=nobody;Timeout=2");

    private async Task<string> StartedAsync(string name, params string[] settings)
    {
        if (!_apps.TryGetValue(name, out var app))
        {
            _apps[name] = app = ApiHost.Build([.. api.Settings, .. settings, "--Logging:LogLevel:Default=None"]);
            await app.StartAsync();
        }

        return app.Urls.First();
    }
}
