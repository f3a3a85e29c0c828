using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Analytics.Benchmarks.Sinks;
using Analytics.Local.Supervising;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Benchmarks.Asking;

/// <summary>The API: the real program, in a process of its own, with PostgreSQL, a broker and a registry beside it.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _process;
    private readonly KafkaBroker _broker;
    private readonly SchemaRegistryServer _registry;

    private ApiProcess(ChildProcess process, KafkaBroker broker, SchemaRegistryServer registry, Uri address, string key)
    {
        (_process, _broker, _registry, Key) = (process, broker, registry, key);
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = address, Timeout = Limit };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Asks it, with a key that may read every tenant.</summary>
    public HttpClient Http { get; }

    /// <summary>Its process id.</summary>
    public int Process => _process.Id;

    /// <summary>That key.</summary>
    public string Key { get; }

    /// <summary>Starts it over these stores.</summary>
    public static async Task<ApiProcess> StartAsync(RealStores stores, int tenants)
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        var key = await AddTenantsAsync(connection, tenants);
        var (broker, registry) = (await KafkaBroker.StartAsync(), await SchemaRegistryServer.StartAsync());
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}");
        var settings = new Dictionary<string, string>
        {
            ["Api__Url"] = address,
            ["Metrics__Port"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
            ["Postgres__Connection"] = connection,
            ["Redis__Connection"] = stores.Redis.Connection,
            ["ClickHouse__Url"] = stores.ClickHouse.Url.AbsoluteUri,
            ["ClickHouse__Database"] = stores.Client.Database,
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["SchemaRegistry__Url"] = registry.Url,
            ["Limits__Enabled"] = "false",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        var process = await ChildProcess.StartAsync(
            ["dotnet", ProgramFiles.PathOf("Analytics.Api")], line => line.StartsWith("ready api ", StringComparison.Ordinal), Limit, environment: settings);
        return new ApiProcess(process, broker, registry, new Uri(address), key);
    }

    /// <summary>Asks a question and gives the whole answer.</summary>
    /// <param name="path">Its address.</param>
    /// <param name="question">Its JSON.</param>
    /// <param name="isAskedAnew">True to have it made now, whatever is in memory.</param>
    /// <exception cref="InvalidOperationException">It was not answered.</exception>
    public async Task<byte[]> AskAsync(string path, string question, bool isAskedAnew)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(question, Encoding.UTF8, "application/json") };
        request.Headers.CacheControl = isAskedAnew ? new CacheControlHeaderValue { NoCache = true } : null;
        using var reply = await Http.SendAsync(request);
        var body = await reply.Content.ReadAsByteArrayAsync();
        return reply.IsSuccessStatusCode ? body : throw new InvalidOperationException($"{path} answered {(int)reply.StatusCode} to {question}: {Encoding.UTF8.GetString(body)}");
    }

    /// <summary>As <see cref="AskAsync"/>, read.</summary>
    public async Task<JsonElement> ReadAsync(string path, string question) => JsonSerializer.Deserialize<JsonElement>(await AskAsync(path, question, isAskedAnew: true));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.CrashAsync();
        await _process.DisposeAsync();
        await _registry.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private static async Task<string> AddTenantsAsync(string connection, int count)
    {
        await using var postgres = NpgsqlDataSource.Create(connection);
        await PostgresMigrations.ApplyAsync(postgres);
        var tenants = new Tenants(postgres);
        for (var id = 1; id <= count; id++)
        {
            await tenants.UpsertAsync(new(id, string.Create(CultureInfo.InvariantCulture, $"tenant-{id}"), $"Tenant {id}", "UTC", "EUR"));
        }

        return (await new ApiKeys(postgres).CreateAsync("bench", ApiKeyKind.Admin, [])).Item2;
    }
}
