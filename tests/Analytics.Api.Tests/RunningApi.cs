using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using Analytics.Testing;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Analytics.Api.Tests;

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<RunningApi>
{
    public const string Name = "api";
}

/// <summary>The API on a port of its own, over real stores: PostgreSQL, ClickHouse's engine, Redis, the Kafka protocol, a registry.</summary>
public sealed class RunningApi : IAsyncLifetime
{
    private WebApplication _app = null!;
    private NpgsqlDataSource _postgres = null!;

    public HttpClient Http { get; } = new();

    public KafkaBroker Broker { get; private set; } = null!;

    public RedisServer Redis { get; private set; } = null!;

    public ClickHouseServer ClickHouseServer { get; private set; } = null!;

    public SchemaRegistryServer Registry { get; private set; } = null!;

    public ClickHouseClient ClickHouse => _app.Services.GetRequiredService<ClickHouseClient>();

    public LiveCounts Live => _app.Services.GetRequiredService<LiveCounts>();

    public ApiKeys Keys => _app.Services.GetRequiredService<ApiKeys>();

    public IServiceProvider Services => _app.Services;

    /// <summary>What it was started with, for another one over the same stores.</summary>
    public string[] Settings { get; private set; } = [];

    public string Url => _app.Urls.First();

    /// <summary>Reads tenants 1 (UTC, USD), 2 (Berlin, EUR) and 3 (UTC, JPY), not 9.</summary>
    public string ReadKey { get; private set; } = "";

    /// <summary>Sends for tenants 1 and 2.</summary>
    public string WriteKey { get; private set; } = "";

    /// <summary>Sends for tenant 1 only.</summary>
    public string WriteKeyOfOne { get; private set; } = "";

    /// <summary>Does everything.</summary>
    public string AdminKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        _postgres = NpgsqlDataSource.Create(connection);
        await PostgresMigrations.ApplyAsync(_postgres);
        await AddTenantsAndKeysAsync();
        Broker = await KafkaBroker.StartAsync();
        Redis = await RedisServer.StartAsync();
        Registry = await SchemaRegistryServer.StartAsync();
        ClickHouseServer = await Testing.ClickHouseServer.StartAsync();
        Settings =
        [
            "--Api:Url=http://127.0.0.1:0", "--Metrics:Port=0", $"--Postgres:Connection={connection}", $"--Redis:Connection={Redis.Connection}",
            $"--ClickHouse:Url={ClickHouseServer.Url}", $"--ClickHouse:Database=api_{Guid.NewGuid():N}", $"--Kafka:BootstrapServers={Broker.BootstrapServers}",
            "--Kafka:DeliveryTimeout=00:00:02", $"--SchemaRegistry:Url={Registry.Url}", $"--Dashboard:ReadKey={ReadKey}", "--Api:HeartbeatSeconds=1",
            "--Access:KeyCacheSeconds=1", "--Access:KeyUseSeconds=1", "--Access:RefusedSignIns=3", "--Answers:FreshSeconds=0", "--Limits:Enabled=false",
        ];
        _app = ApiHost.Build(Settings);
        await new ClickHouseMigrations(ClickHouse, TimeProvider.System).ApplyAsync();
        await _app.StartAsync();
        await Live.MarkStaleAsync(false);
    }

    public async Task<(HttpResponseMessage Reply, JsonElement Body)> GetAsync(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + path);
        return await SendAsync(request, key);
    }

    public async Task<JsonElement> FiguresAsync(string path)
    {
        var (reply, body) = await GetAsync(path, ReadKey);
        Assert.True(reply.IsSuccessStatusCode, $"{path}: {body}");
        return body;
    }

    public Task<(HttpResponseMessage Reply, JsonElement Body)> PostAsync(string path, string json, string? key) =>
        PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), key);

    public async Task<(HttpResponseMessage Reply, JsonElement Body)> PostAsync(string path, HttpContent content, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + path) { Content = content };
        return await SendAsync(request, key);
    }

    public async Task<(HttpResponseMessage Reply, JsonElement Body)> SendAsync(HttpRequestMessage request, string? key)
    {
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        // Else the end of the connection that refuses a large body may be seen before its reply.
        request.Headers.ExpectContinue = request.Content?.Headers.ContentLength > 100_000;
        var reply = await Http.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        return (reply, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
    }

    public Task<(HttpResponseMessage Reply, JsonElement Body)> SendAsync(HttpMethod method, string path, string? key, string? json = null) => SendAsync(
        new HttpRequestMessage(method, Url + path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") }, key);

    /// <summary>The session of a new user of these roles.</summary>
    public async Task<string> SignInAsync(IReadOnlyDictionary<long, Role> roles, bool isAdmin = false)
    {
        var users = _app.Services.GetRequiredService<Users>();
        var user = await users.CreateAsync($"{Guid.NewGuid():N}@lamps.example", "Somebody", PasswordHash.OfNobody, isAdmin, roles);
        return (await users.SignInAsync(user!, TimeSpan.FromHours(1), Actor.System)).Text;
    }

    /// <summary>The first record of a topic in which a text stands.</summary>
    public Message<string, byte[]> Record(string topic, string text)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = Broker.BootstrapServers,
            GroupId = "test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (true)
        {
            var read = consumer.Consume(TimeSpan.FromSeconds(10)) ?? throw new TimeoutException($"No record of {text} in {topic}.");
            if (read.Message.Value.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
            {
                return read.Message;
            }
        }
    }

    /// <summary>Runs a statement in PostgreSQL.</summary>
    public async Task PostgresAsync(string sql)
    {
        await using var command = _postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
        await ClickHouseServer.DisposeAsync();
        await Registry.DisposeAsync();
        await Redis.DisposeAsync();
        await Broker.DisposeAsync();
        Http.Dispose();
    }

    private async Task AddTenantsAndKeysAsync()
    {
        var tenants = new Tenants(_postgres);
        await tenants.UpsertAsync(new(1, "one", "One"));
        await tenants.UpsertAsync(new(2, "two", "Two", "Europe/Berlin", "EUR"));
        await tenants.UpsertAsync(new(3, "three", "Three", "UTC", "JPY"));
        await tenants.UpsertAsync(new(9, "nine", "Somebody else's"));
        var keys = new ApiKeys(_postgres);
        (_, ReadKey) = await keys.CreateAsync("read", ApiKeyKind.Read, [1, 2, 3]);
        (_, WriteKey) = await keys.CreateAsync("write", ApiKeyKind.Write, [1, 2]);
        (_, AdminKey) = await keys.CreateAsync("admin", ApiKeyKind.Admin, []);
        (_, WriteKeyOfOne) = await keys.CreateAsync("write one", ApiKeyKind.Write, [1]);
    }
}
