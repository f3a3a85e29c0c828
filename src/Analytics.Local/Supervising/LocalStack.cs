using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Confluent.Kafka;
using Npgsql;
using StackExchange.Redis;

namespace Analytics.Local.Supervising;

/// <summary>The whole product on one machine: starts every part in order, keeps it running, stops it in the order that loses nothing.</summary>
/// <remarks>
/// Start: Redis, PostgreSQL, ClickHouse and the broker at the same time; the registry after PostgreSQL; then API, workers and jobs; then the demo.
/// Stop: who sends first, then who collects, then the workers once they have counted all that the broker holds, because its log is in memory; stores last.
/// </remarks>
internal sealed class LocalStack : IAsyncDisposable
{
    private static readonly TimeSpan LeftoverPatience = TimeSpan.FromSeconds(15);

    /// <summary>Workers write the ledger every few seconds: without any progress for this long they will not.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);

    /// <summary>The longest that a stop waits for the workers: a busy machine counts a million records in this time.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    private readonly StackSettings _settings;
    private readonly StackConsole _console;
    private readonly TimeProvider _time;
    private readonly StackFolders _folders;
    private readonly StackSecrets _secrets;
    private readonly PostgresCluster _postgres;
    private readonly StackParts _parts;
    private readonly ClickHouseClient _clickHouse;
    private readonly BrokerDrain _drain;
    private readonly LiveCache _live;
    private readonly Lock _lock = new();

    /// <summary>What was started, by rank: the higher stops first.</summary>
    private readonly List<(StopRank Rank, SupervisedPart Part)> _started = [];

    public LocalStack(StackSettings settings, StackConsole console, TimeProvider time)
    {
        _settings = settings;
        _console = console;
        _time = time;
        _folders = new(settings);
        _folders.Prepare();
        _secrets = StackSecrets.ReadOrMake(settings.PathOf("secrets"));
        _postgres = new(settings, _secrets);
        _parts = new(settings, _secrets, _postgres);
        _clickHouse = new(new() { Url = new(settings.ClickHouseUrl) }, time);
        _drain = new(settings, _clickHouse, time);
        _live = new(settings);
    }

    private enum StopRank
    {
        Cache,
        Database,
        History,
        Log,
        Counting,
        Collecting,
        Sending,
    }

    /// <summary>Starts everything. Returns when the product answers and the demo is loaded.</summary>
    /// <exception cref="StackException">A port is taken, or something is not installed.</exception>
    /// <exception cref="PartException">A part did not start; the message carries its last lines.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _folders.EndLeftoversAsync(_console, LeftoverPatience, _time);
        PortHolder.RequireFree(_settings.Ports.All);
        EnvFile.Write(_settings, _secrets);
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await AllOf(
            starting,
            StartCacheAsync(starting.Token),
            StartBrokerAsync(starting.Token),
            StartHistoryAsync(starting.Token),
            StartDatabaseAsync(starting.Token));
        await AllOf(
            starting,
            [
                StartAsync(StopRank.Collecting, _parts.Api, starting.Token),
                StartAsync(StopRank.Counting, _parts.Jobs, starting.Token),
                .. _parts.Workers.Select(worker => StartAsync(StopRank.Counting, worker, starting.Token)),
            ]);
        if (_settings.Demo)
        {
            await StartDemoAsync(cancel);
        }
    }

    /// <summary>Stops everything that was started, each part in its own time.</summary>
    public async Task StopAsync()
    {
        foreach (var rank in Started().GroupBy(each => each.Rank).OrderByDescending(group => group.Key))
        {
            if (rank.Key == StopRank.Counting)
            {
                await DrainAsync();
            }

            _console.Say($"stopping {string.Join(", ", rank.Select(each => each.Part.Name))}");
            await Task.WhenAll(rank.Select(each => each.Part.StopAsync()));
        }
    }

    /// <summary>Kills everything that was started, now.</summary>
    public void Kill()
    {
        foreach (var (_, part) in Started())
        {
            part.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, part) in Started())
        {
            await part.DisposeAsync();
        }

        _clickHouse.Dispose();
    }

    private async Task StartCacheAsync(CancellationToken cancel)
    {
        var isEmptied = _live.PrepareFolder();
        await StartAsync(StopRank.Cache, _parts.Redis, cancel);
        if (isEmptied)
        {
            _console.Say("the last stop did not count all records: the live figures are rebuilt from ClickHouse");
        }
    }

    private async Task StartBrokerAsync(CancellationToken cancel)
    {
        var broker = await StartAsync(StopRank.Log, _parts.Broker, cancel);

        // Its log was in memory: a new broker is a new log, and every client's place in the old one means nothing in it.
        broker.Revived = async () =>
        {
            await BeginLogAsync();
            await Task.WhenAll(
                Started().Where(each => each.Rank is StopRank.Counting or StopRank.Collecting or StopRank.Sending).Select(each => each.Part.RestartAsync()));
            await ForgetLiveAsync();
        };
    }

    private async Task BeginLogAsync()
    {
        try
        {
            await _drain.BeginAsync(CancellationToken.None);
        }
        catch (ClickHouseException fault)
        {
            _console.Fault("broker", $"a stop may not notice records that are not counted: {fault.Message}");
        }
    }

    // Once no worker is left that has counted records of the lost log: it would send their figures again.
    private async Task ForgetLiveAsync()
    {
        try
        {
            await _live.ForgetAsync();
        }
        catch (RedisException fault)
        {
            _console.Fault("redis", $"live figures may hold records that are lost with the log: {fault.Message}");
        }
    }

    private async Task StartHistoryAsync(CancellationToken cancel)
    {
        await StartAsync(StopRank.History, _parts.ClickHouse, cancel);
        foreach (var file in await new ClickHouseMigrations(_clickHouse, _time).ApplyAsync(cancel))
        {
            _console.Say($"ClickHouse: applied {file}");
        }

        await _drain.BeginAsync(cancel);
    }

    /// <summary>Lets the workers count what the broker still holds, before its memory goes.</summary>
    private async Task DrainAsync()
    {
        try
        {
            var left = await _drain.WaitAsync(DrainPatience, DrainLimit, CancellationToken.None);
            if (left == 0)
            {
                _live.NoteDrained();
            }
            else
            {
                _console.Fault("broker", $"{left} records were not counted in time and go with its memory: see the logs of the workers");
            }
        }
        catch (Exception fault) when (fault is KafkaException or ClickHouseException)
        {
            _console.Fault("broker", $"whether all records were counted is not known: {fault.Message}");
        }
    }

    private async Task StartDatabaseAsync(CancellationToken cancel)
    {
        await _postgres.InitialiseAsync(_console);
        await StartAsync(StopRank.Database, _parts.Postgres, cancel);
        await _postgres.MakeDatabaseAsync(cancel);
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString);
        foreach (var file in await PostgresMigrations.ApplyAsync(source, cancel))
        {
            _console.Say($"PostgreSQL: applied {file}");
        }

        await DemoTenants.EnsureAsync(source, _secrets, cancel);
        await StartAsync(StopRank.Log, _parts.Registry, cancel);
        using var registry = new SchemaRegistryClient(new() { Url = new(_settings.RegistryUrl) });
        foreach (var topic in EventSchemas.Topics)
        {
            await registry.RegisterAsync(EventSchemas.Subject(topic), EventSchemas.TextOf(topic), cancel);
        }
    }

    /// <summary>Loads the demo's history at the first start, then lets its live traffic run.</summary>
    private async Task StartDemoAsync(CancellationToken cancel)
    {
        var loaded = _settings.PathOf("demo.loaded");
        if (!File.Exists(loaded))
        {
            _console.Say("loading the demo");
            _folders.TurnLog(_parts.LoadDemo.Name);
            await using var load = await PartProcess.StartAsync(_parts.LoadDemo with { LogFile = _folders.LogOf(_parts.LoadDemo.Name) });
            var code = await load.Exited.WaitAsync(cancel);
            if (code != 0)
            {
                throw new PartException(load.Describe($"ended with exit code {code}"));
            }

            // Until it is counted it stands in the broker's memory only: noted as loaded when it is not, it would be gone after a crash.
            var left = await _drain.WaitAsync(DrainPatience, DrainLimit, cancel);
            if (left == 0)
            {
                await File.WriteAllTextAsync(loaded, "", cancel);
            }
            else
            {
                _console.Fault("demo-load", $"{left} records were not counted in time: it is loaded again at the next start, which counts nothing twice");
            }
        }

        await StartAsync(StopRank.Sending, _parts.LiveDemo, cancel);
    }

    private async Task<SupervisedPart> StartAsync(StopRank rank, Part part, CancellationToken cancel)
    {
        _folders.TurnLog(part.Name);
        var supervised = new SupervisedPart(part, _folders, _console, _time);
        lock (_lock)
        {
            _started.Add((rank, supervised));
        }

        await supervised.StartAsync(cancel);
        _console.Say($"{part.Name} runs");
        return supervised;
    }

    private List<(StopRank Rank, SupervisedPart Part)> Started()
    {
        lock (_lock)
        {
            return [.. _started];
        }
    }

    /// <summary>Waits for all. The first fault ends the others and is the one that is told, because theirs follow from it.</summary>
    private static async Task AllOf(CancellationTokenSource starting, params IReadOnlyList<Task> tasks)
    {
        Task? faulted = null;
        await foreach (var ended in Task.WhenEach(tasks))
        {
            if (!ended.IsCompletedSuccessfully && faulted is null)
            {
                faulted = ended;
                await starting.CancelAsync();
            }
        }

        await (faulted ?? Task.CompletedTask);
    }
}
