using System.Globalization;
using Analytics.Chaos.Tests.Loads;
using Analytics.Chaos.Tests.Oracles;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Registry;
using Analytics.Testing;

namespace Analytics.Chaos.Tests.Running;

/// <summary>What a test's stack is made of, where it differs from the others'.</summary>
internal sealed record StackPlan
{
    /// <summary>Workers at the start.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Partitions of each topic.</summary>
    public int Partitions { get; init; } = 2;

    /// <summary>A ClickHouse of its own, to be killed; else the one that all tests share, with a database of its own.</summary>
    public bool OwnClickHouse { get; init; }

    /// <summary>A registry of its own, and PostgreSQL behind it; else the shared one.</summary>
    public bool OwnRegistry { get; init; }

    /// <summary>Whether the load has records of a schema that the registry does not know.</summary>
    public bool UnknownSchemas { get; init; } = true;

    /// <summary>More settings of the workers.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>The real parts, with a fault proxy before each store, workers in one group, a load that runs all the while and a watch on the totals.</summary>
internal sealed class ChaosStack : IAsyncDisposable
{
    private static readonly Lazy<Task<SchemaRegistryServer>> SharedRegistry = new(SchemaRegistryServer.StartAsync);
    private readonly StackPlan _plan;
    private readonly List<RunningWorker> _workers = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Dictionary<string, string> _settings = [];
    private ClickHouseClient? _client;

    private ChaosStack(StackPlan plan) => _plan = plan;

    /// <summary>How long and how hard.</summary>
    public ChaosForm Form { get; } = ChaosForm.Current;

    /// <summary>Kafka.</summary>
    public KafkaBroker Broker { get; private set; } = null!;

    /// <summary>ClickHouse itself.</summary>
    public ClickHouseServer ClickHouse { get; private set; } = null!;

    /// <summary>Redis itself.</summary>
    public RedisServer Redis { get; private set; } = null!;

    /// <summary>PostgreSQL behind the registry; only where the stack owns it.</summary>
    public PostgresServer? Postgres { get; private set; }

    /// <summary>Between the workers and ClickHouse.</summary>
    public FaultProxy ToClickHouse { get; private set; } = null!;

    /// <summary>Between the workers and Redis.</summary>
    public FaultProxy ToRedis { get; private set; } = null!;

    /// <summary>Between the workers and the registry.</summary>
    public FaultProxy ToRegistry { get; private set; } = null!;

    /// <summary>The load.</summary>
    public Load Load { get; private set; } = null!;

    /// <summary>The stack's database in ClickHouse.</summary>
    public string Database { get; } = "chaos_" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>ClickHouse as the oracle reads it, past the proxy.</summary>
    public StoreReading Stores { get; private set; } = null!;

    /// <summary>The watch on the totals.</summary>
    public TotalsWatch Totals { get; private set; } = null!;

    /// <summary>The recount of the log, once <see cref="AssertExactAsync"/> has made it.</summary>
    public Recount? Expected { get; private set; }

    /// <summary>Workers that run, in order of their start.</summary>
    public IReadOnlyList<RunningWorker> Workers => [.. _workers.Where(worker => worker.IsRunning)];

    /// <summary>The group's name.</summary>
    public static string Group => "chaos";

    /// <summary>Starts it all, the load last; ends when the first records are counted.</summary>
    public static async Task<ChaosStack> StartAsync(StackPlan plan)
    {
        var stack = new ChaosStack(plan);
        try
        {
            await stack.StartPartsAsync();
            await Task.WhenAll(Enumerable.Range(0, plan.Workers).Select(_ => stack.AddWorkerAsync()));
            await stack.StartLoadAsync();
            await stack.ProgressAsync(1);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more worker.</summary>
    public async Task<RunningWorker> AddWorkerAsync()
    {
        var worker = await RunningWorker.StartAsync(_settings);
        lock (_workers)
        {
            _workers.Add(worker);
        }

        return worker;
    }

    /// <summary>Waits until so many more records are counted than now.</summary>
    public async Task ProgressAsync(long records = 200)
    {
        var before = await Stores.CountedAsync();
        await WithLogsAsync(Eventually.ValueAsync(
            $"{records} more records than {before} are counted", Stores.CountedAsync, counted => counted >= before + records, Form.Settling));
    }

    /// <summary>Redis as the oracle reads it, past the proxy, and Redis' live figures there.</summary>
    public LiveReading OpenLive() => new(Redis.Connection);

    /// <summary>Lets the load run on for a while, faults and all.</summary>
    public static Task GoOnAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    /// <summary>The offset after the last record of a partition.</summary>
    public long EndOf((string Topic, int Partition) at) => LogReading.Bounds(Broker.BootstrapServers, _plan.Partitions)[at].End;

    /// <summary>Waits until everything that is in the log now is counted; gives how long that took.</summary>
    public async Task<TimeSpan> CaughtUpAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        var ends = LogReading.Bounds(Broker.BootstrapServers, _plan.Partitions);
        await WithLogsAsync(Eventually.ValueAsync("all that is in the log is counted", async () =>
        {
            var last = (await Stores.LedgerAsync()).GroupBy(row => (row.Chunk.Topic, row.Chunk.Partition)).ToDictionary(rows => rows.Key, rows => rows.Max(row => row.LastOffset));
            return string.Join(", ", ends.Where(end => end.Value.End > end.Value.Start && last.GetValueOrDefault(end.Key, -1) < end.Value.End - 1)
                .Select(end => $"{end.Key} has {last.GetValueOrDefault(end.Key, -1) + 1} of {end.Value.End}"));
        }, behind => behind.Length == 0, Form.Settling));
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Ends the load, waits for the last record, and compares the stores with the recount; everything else that must hold after a fault, too.</summary>
    /// <param name="folded">Tenants of which the names and products are not compared, only the sums over them.</param>
    public async Task AssertExactAsync(params long[] folded)
    {
        await Load.StopAsync();
        await CaughtUpAsync();
        var expected = LogReading.Recount(Broker.BootstrapServers, _plan.Partitions, Load.Plan.Manifest);
        Assert.True(expected.Events.Count > 500, $"Only {expected.Events.Count} events were counted: the load has hardly run.");
        Expected = expected;
        var found = await Stores.RecountAsync();
        foreach (var tenant in folded)
        {
            expected.Fold(tenant);
            found.Fold(tenant);
        }

        var differences = expected.DifferencesTo(found);
        Assert.True(differences.Count == 0, string.Join('\n', differences) + Logs());
        Assert.Equal([], await Stores.LedgerFaultsAsync());
        Assert.Equal([], await Totals.StopAsync());
        Assert.True(Totals.Looks > 3, "The watch on the totals has hardly looked.");
        AssertNoneDied();
    }

    /// <summary>No worker has ended by itself.</summary>
    public void AssertNoneDied() => Assert.True(!_workers.Any(worker => worker.HasDied), "A worker has ended by itself:" + Logs());

    /// <summary>Waits until a worker's readiness is as wanted.</summary>
    public Task<Readiness> ReadinessAsync(RunningWorker worker, string what, Func<Readiness, bool> wanted) =>
        WithLogsAsync(Eventually.ValueAsync(what, worker.ReadinessAsync, wanted, Form.Settling));

    /// <summary>Waits until all workers say that they are ready.</summary>
    public async Task AssertReadyAsync()
    {
        foreach (var worker in Workers)
        {
            await ReadinessAsync(worker, "a worker is ready again", readiness => readiness.Status == "ready");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Totals is not null)
        {
            await Totals.DisposeAsync();
        }

        if (Load is not null)
        {
            await Load.DisposeAsync();
        }

        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _client?.Dispose();
        foreach (var one in Enumerable.Reverse(_owned))
        {
            await one.DisposeAsync();
        }
    }

    private async Task StartPartsAsync()
    {
        var broker = KafkaBroker.StartAsync(_plan.Partitions);
        var redis = RedisServer.StartAsync();
        var clickHouse = _plan.OwnClickHouse ? ClickHouseServer.StartAsync() : ClickHouseServer.SharedAsync();
        var registry = _plan.OwnRegistry ? StartRegistryAsync() : SharedRegistry.Value;
        Broker = Own(await broker);
        Redis = Own(await redis);
        ClickHouse = await clickHouse;
        if (_plan.OwnClickHouse)
        {
            Own(ClickHouse);
        }

        ToClickHouse = Own(FaultProxy.To(ClickHouse.Url));
        ToRedis = Own(FaultProxy.To(Redis.Port));
        ToRegistry = Own(FaultProxy.To(new Uri((await registry).Url)));
        _client = new ClickHouseClient(new ClickHouseOptions { Url = ClickHouse.Url, Database = Database }, TimeProvider.System);
        await new ClickHouseMigrations(_client, TimeProvider.System).ApplyAsync();
        Stores = new StoreReading(_client);
        Totals = new TotalsWatch(Stores);
        Configure();
    }

    private async Task<SchemaRegistryServer> StartRegistryAsync()
    {
        Postgres = Own(await PostgresServer.StartAsync());
        return Own(await SchemaRegistryServer.StartAsync(await Postgres.CreateDatabaseAsync()));
    }

    private void Configure()
    {
        string Seconds(double seconds) => TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture);
        _settings["Kafka__BootstrapServers"] = Broker.BootstrapServers;
        _settings["Kafka__Group"] = Group;
        _settings["ClickHouse__Url"] = ToClickHouse.Url.AbsoluteUri;
        _settings["ClickHouse__Database"] = Database;
        _settings["ClickHouse__TimeoutSeconds"] = "5";
        _settings["Redis__Connection"] = ToRedis.Address;
        _settings["SchemaRegistry__Url"] = ToRegistry.Url.AbsoluteUri;
        _settings["SchemaRegistry__TimeoutSeconds"] = "2";
        _settings["Decoding__RegistryRetryMilliseconds"] = "500";
        _settings["Consuming__ChunkSize"] = "1024";
        _settings["Consuming__HistoryEvery"] = Seconds(0.3);
        _settings["Consuming__LiveEvery"] = Seconds(0.2);
        _settings["Consuming__SessionTimeout"] = Seconds(Form.Session.TotalSeconds);
        _settings["Writing__RetryCeilingSeconds"] = "0.5";
        foreach (var (name, value) in _plan.Settings)
        {
            _settings[name] = value;
        }
    }

    private async Task StartLoadAsync()
    {
        using var registry = new SchemaRegistryClient(new SchemaRegistryOptions { Url = ToRegistry.Url });
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var topic in Topics.Counted)
        {
            ids[topic] = await registry.RegisterAsync(Topics.SubjectOf(topic), EventSchemas.TextOf(topic), CancellationToken.None);
        }

        Load = new Load(new LoadPlan(seed: 3, _plan.Partitions, ids) { UnknownSchemas = _plan.UnknownSchemas }, Broker.BootstrapServers, Form.Rate);
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        lock (_owned)
        {
            _owned.Add(part);
        }

        return part;
    }

    // What the workers said is what tells why something did not come true.
    private async Task<T> WithLogsAsync<T>(Task<T> awaited)
    {
        try
        {
            return await awaited;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException(late.Message + Logs(), late);
        }
    }

    private string Logs() => string.Concat(_workers.Select(worker => $"\n--- worker {worker.ProcessId}, {(worker.IsRunning ? "running" : "ended")}\n{Tail(worker.Output)}"));

    private static string Tail(string text) => text.Length <= 20_000 ? text : "…" + text[^20_000..];
}
