using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Sinks;
using Analytics.Testing;

namespace Analytics.Benchmarks.Running;

/// <summary>The whole system without its API: broker, ClickHouse, Redis and some workers, each a process.</summary>
internal sealed class Plant : IAsyncDisposable
{
    private readonly List<WorkerProcess> _workers = [];
    private readonly Dictionary<string, string> _settings;

    private Plant(KafkaBroker broker, RealStores stores, FaultProxy toClickHouse, string schemas)
    {
        (Broker, Stores, ToClickHouse) = (broker, stores, toClickHouse);
        _settings = new()
        {
            ["Kafka__BootstrapServers"] = broker.BootstrapServers,
            ["Kafka__Group"] = "bench",
            ["ClickHouse__Url"] = toClickHouse.Url.AbsoluteUri,
            ["ClickHouse__Database"] = stores.Client.Database,
            ["Redis__Connection"] = stores.Redis.Connection,
            ["SchemaRegistry__CacheFolder"] = schemas,
            ["Logging__LogLevel__Default"] = "Warning",
        };
    }

    /// <summary>The broker.</summary>
    public KafkaBroker Broker { get; }

    /// <summary>The stores.</summary>
    public RealStores Stores { get; }

    /// <summary>Between the workers and ClickHouse.</summary>
    public FaultProxy ToClickHouse { get; }

    /// <summary>The workers.</summary>
    public IReadOnlyList<WorkerProcess> Workers => _workers;

    /// <summary>CPU seconds of the workers so far.</summary>
    public double WorkerCpu => _workers.Sum(worker => worker.CpuSeconds);

    /// <summary>Starts all but the workers.</summary>
    public static async Task<Plant> StartAsync(Bench bench)
    {
        // Its cache on disk is what the workers read.
        _ = bench.Registry;
        var stores = await RealStores.StartAsync();
        return new Plant(await KafkaBroker.StartAsync(bench.Options.Partitions), stores, FaultProxy.To(stores.ClickHouse.Url), bench.Folder.PathOf("schemas"));
    }

    /// <summary>Starts workers of one group.</summary>
    public async Task AddWorkersAsync(int count) => _workers.AddRange(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => WorkerProcess.StartAsync(_settings))));

    /// <summary>Records that the workers have counted.</summary>
    public async Task<long> AcceptedAsync() => (await Task.WhenAll(_workers.Select(worker => worker.AcceptedAsync()))).Sum();

    /// <summary>Records that stand in the ledger: ClickHouse has their rows, and Redis their figures.</summary>
    public async Task<long> StoredAsync() => (await Stores.Client.QueryAsync("SELECT toInt64(sum(read)) FROM ledger FINAL", row => row[0].GetInt64()))[0];

    /// <summary>Waits until the workers have counted so many.</summary>
    public Task UntilAcceptedAsync(long records, TimeSpan limit) => UntilAsync("counted", AcceptedAsync, records, limit);

    /// <summary>Waits until so many stand in the ledger.</summary>
    /// <returns>How many there are then.</returns>
    public Task<long> UntilStoredAsync(long records, TimeSpan limit) => UntilAsync("stored", StoredAsync, records, limit);

    private static async Task<long> UntilAsync(string what, Func<Task<long>> count, long records, TimeSpan limit)
    {
        using var ended = new CancellationTokenSource(limit);
        while (true)
        {
            var found = await count();
            if (found >= records)
            {
                return found;
            }

            if (ended.IsCancellationRequested)
            {
                throw new TimeoutException($"expected {records} records {what} within {limit.TotalSeconds} s, found {found}");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await ToClickHouse.DisposeAsync();
        await Stores.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
