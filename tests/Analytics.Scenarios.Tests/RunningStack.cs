using System.Net.Http.Headers;
using System.Text.Json;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Registry;
using Analytics.Testing;
using Confluent.Kafka;

namespace Analytics.Scenarios.Tests;

/// <summary>A whole stack of its own, without the demo's events, and what scenarios ask of it.</summary>
public sealed class RunningStack : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly LocalStackFixture _stack = new();
    private ClickHouseClient? _clickHouse;
    private HttpClient? _api;

    internal LocalStackFixture Stack => _stack;

    internal ClickHouseClient ClickHouse => _clickHouse ??= new(
        new ClickHouseOptions { Url = new Uri(_stack["CLICKHOUSE_URL"]) }, TimeProvider.System);

    private HttpClient Api => _api ??= new HttpClient
    {
        BaseAddress = _stack.ApiUrl,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _stack["READ_KEY"]) },
    };

    internal SchemaRegistryClient OpenRegistry() => new(new SchemaRegistryOptions { Url = new Uri(_stack["REGISTRY_URL"]) });

    internal IProducer<byte[], byte[]> OpenProducer()
    {
        Analytics.Hosting.NativeLibraries.Resolve(typeof(Library).Assembly);
        return new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _stack["KAFKA_BOOTSTRAP"], MessageMaxBytes = 4 << 20 }).Build();
    }

    public Task InitializeAsync() => _stack.InitializeAsync();

    public async Task DisposeAsync()
    {
        _clickHouse?.Dispose();
        _api?.Dispose();
        await _stack.DisposeAsync();
    }

    /// <summary>Runs the operator's command line against the stack; gives its exit code and what it printed.</summary>
    internal async Task<(int Code, string Output)> CliAsync(params string[] arguments)
    {
        using var process = new System.Diagnostics.Process
        {
            StartInfo = new("dotnet", [Analytics.Local.Supervising.ProgramFiles.PathOf("Analytics.Cli"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["ANALYTICS_DATA"] = _stack.Folder },
            },
        };
        process.Start();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>What the API says of a seller's whole history.</summary>
    internal async Task<JsonElement> HistoryAsync(long seller)
    {
        var text = await Api.GetStringAsync($"/api/v1/sellers/{seller}/metrics/history?granularity=month");
        return JsonDocument.Parse(text).RootElement.GetProperty("totals");
    }

    /// <summary>The answer to a question of a kind (query, funnel, retention, …) about a seller.</summary>
    internal async Task<JsonElement> AskAsync(long seller, string kind, string json)
    {
        // Anew: an answer of a minute ago would hide what has changed since.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/analytics/{seller}/{kind}")
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
            Headers = { CacheControl = new() { NoCache = true } },
        };
        using var reply = await Api.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Waits until the ledger explains so many records.</summary>
    internal Task CountedAsync(long records) => Eventually.HoldsAsync(
        $"{records} records stand in the ledger",
        async () => await CountAsync("SELECT toInt64(sum(read)) FROM ledger FINAL") >= records, Limit);

    /// <summary>One whole number.</summary>
    internal async Task<long> CountAsync(string sql) => (await ClickHouse.QueryAsync(sql, row => row[0].GetInt64())).Single();

    /// <summary>The ids under which the topics' schemas are registered.</summary>
    internal async Task<Dictionary<string, int>> SchemaIdsAsync()
    {
        using var registry = OpenRegistry();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var topic in Topics.Counted)
        {
            ids[topic] = (await registry.LatestAsync(Topics.SubjectOf(topic), CancellationToken.None))!.Id;
        }

        return ids;
    }
}
