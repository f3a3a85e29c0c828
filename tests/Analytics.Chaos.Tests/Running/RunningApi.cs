using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Analytics.Chaos.Tests.Loads;
using Analytics.Local.Supervising;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Chaos.Tests.Running;

/// <summary>What the API says of a tenant's day.</summary>
internal sealed record RealtimeFigures(
    DateOnly Date, bool Stale, string Source, long RevenueMinor, long RefundsMinor, long Orders, long Units, long PageViews, long AddToCart, long CheckoutStarts)
{
    /// <summary>The sums alone.</summary>
    public IReadOnlyList<long> Sums => [RevenueMinor, RefundsMinor, Orders, Units, PageViews, AddToCart, CheckoutStarts];
}

/// <summary>The API: the real program, in a process of its own, over the stores past their proxies.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private RunningApi(ChildProcess process, HttpClient http) => (_process, _http) = (process, http);

    /// <summary>Starts one with the tenants of the load, and waits until it says that it serves.</summary>
    public static async Task<RunningApi> StartAsync(ChaosStack stack)
    {
        var postgres = await PostgresServer.NewDatabaseAsync();
        var (address, port, metrics) = ("http://127.0.0.1:", FreePort.Next(), FreePort.Next());
        var key = await FillAsync(postgres);
        var environment = new Dictionary<string, string>
        {
            ["Api__Url"] = string.Create(CultureInfo.InvariantCulture, $"{address}{port}"),
            ["Metrics__Port"] = metrics.ToString(CultureInfo.InvariantCulture),
            ["Limits__Enabled"] = "false",
            ["Postgres__Connection"] = postgres,
            ["ClickHouse__Url"] = stack.ClickHouse.Url.AbsoluteUri,
            ["ClickHouse__Database"] = stack.Database,
            ["Redis__Connection"] = stack.Redis.Connection,
            ["Kafka__BootstrapServers"] = stack.Broker.BootstrapServers,
            ["SchemaRegistry__Url"] = stack.ToRegistry.Url.AbsoluteUri,
            ["ASPNETCORE_CONTENTROOT"] = Path.Combine(ProgramFiles.Root, "src", "Analytics.Api"),
        };
        var process = await ChildProcess.StartAsync(
            ["dotnet", ProgramFiles.PathOf("Analytics.Api")], line => line.StartsWith("ready api ", StringComparison.Ordinal), StartLimit, environment: environment);
        var http = new HttpClient { BaseAddress = new Uri(environment["Api__Url"]), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new RunningApi(process, http);
    }

    /// <summary>How a tenant does today.</summary>
    public async Task<RealtimeFigures> RealtimeAsync(long tenant)
    {
        using var reply = await _http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"api/v1/sellers/{tenant}/metrics/realtime"), UriKind.Relative));
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{(int)reply.StatusCode} {text}");
        return JsonSerializer.Deserialize<RealtimeFigures>(text, Format)!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.CrashAsync();
        await _process.DisposeAsync();
    }

    private static async Task<string> FillAsync(string postgres)
    {
        await using var source = NpgsqlDataSource.Create(postgres);
        await PostgresMigrations.ApplyAsync(source);
        var tenants = new Tenants(source);
        foreach (var tenant in LoadPlan.Tenants)
        {
            await tenants.UpsertAsync(new Tenant(tenant, $"t{tenant}", $"Tenant {tenant}"));
        }

        return (await new ApiKeys(source).CreateAsync("chaos", ApiKeyKind.Read, LoadPlan.Tenants)).Text;
    }
}
