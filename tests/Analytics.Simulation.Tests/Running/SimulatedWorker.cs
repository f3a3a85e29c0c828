using Analytics.Simulation.Tests.Faking;
using Analytics.Simulation.Tests.Making;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Simulation.Tests.Running;

/// <summary>One worker from its start to its end: the production parts, all of them, over simulated wires.</summary>
internal sealed class SimulatedWorker
{
    /// <summary>How long a version is known before it becomes active, and how long a worker trusts its last look.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromSeconds(2);

    // Few, which forget: and clearing those of production for every chunk takes longer than counting it.
    private const int RecentTags = 64;

    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    // Has the schemas on its disk, as most workers do: shared by all of these, because making a schema's machine code takes longer than a run.
    private static readonly AvroDecoder Knowing = DecoderOver(new PresentRegistry(), TimeProvider.System, null);

    private readonly World _world;
    private readonly WorkerMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly LogPump _pump;
    private readonly LiveWriter _live;
    private readonly ConfigVersions _configs;
    private Task _busy;
    private bool _isStopping;

    public SimulatedWorker(World world, int number)
    {
        (_world, Number) = (world, number);
        var plan = world.Plan;
        Scheduler = new SeededScheduler(world.Dice);
        Time = new SimulatedTime(world, plan.Skew ? TimeSpan.FromMinutes(world.Dice.Between(-60, 60)) : TimeSpan.Zero, world.Now);
        Tracker = new ChunkTracker(_metrics);
        var pool = new Pool<RawBatch>(() => new RawBatch(), 64);
        _configs = new ConfigVersions(
            EventConfig.OfSettings(world.Twist.Enriching(number), new CountingOptions()), new ConfigsOptions { NoticeSeconds = (int)Notice.TotalSeconds }, Time);
        LookAtConfigs();
        _live = new LiveWriter(new LiveWire(world, this), plan.Lanes + 1, Writing, Time, _metrics, NullLogger<LiveWriter>.Instance);
        var decoder = plan.RegistersLate || world.Dice.Below(6) == 0
            ? DecoderOver(new SimulatedRegistry(world, this), Time, new SimulatedVerdicts(world, this))
            : Knowing;
        var sink = Pipeline.Build(StagesOf(pool, decoder), new PipelineOptions
        {
            Strands = plan.Strands,
            Preparing = plan.Capacity,
            Windowing = plan.Capacity,
            Writing = plan.Capacity,
        }, Scheduler);
        _pump = new LogPump(
            events => Client = new SimulatedClient(world, this, events), world.Twist.Consuming(plan, number), new SimulatedLedger(world, this), Tracker, pool, sink,
            Time, _metrics, NullLogger<LogPump>.Instance, _configs, _live, decoder);
        _busy = _pump.StartAsync(_stopping.Token);
    }

    /// <summary>Counts the workers of a run.</summary>
    public int Number { get; }

    /// <summary>Runs its graph.</summary>
    public SeededScheduler Scheduler { get; }

    /// <summary>Its clock.</summary>
    public SimulatedTime Time { get; }

    /// <summary>Its chunks.</summary>
    public ChunkTracker Tracker { get; }

    /// <summary>Its place in the group.</summary>
    public SimulatedClient Client { get; private set; } = null!;

    /// <summary>The name of the live store's content when it last looked.</summary>
    public string? SeenLive { get; set; }

    /// <summary>Stopped or dead.</summary>
    public bool IsGone { get; private set; }

    /// <summary>On its way out.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>True when its loop waits for the run to turn it.</summary>
    public bool CanTurn => !IsGone && _busy.IsCompleted;

    /// <summary>One turn of its loop, or of its end.</summary>
    public void Turn()
    {
        if (_busy.IsFaulted)
        {
            _world.Fail($"worker {Number} ended: {_busy.Exception!.GetBaseException()}");
            return;
        }

        if (_isStopping || _busy.IsCanceled)
        {
            End();
            return;
        }

        if (_stopping.IsCancellationRequested)
        {
            _isStopping = true;
            _busy = _pump.StopAsync();
        }
        else
        {
            _busy = _pump.TurnAsync().AsTask();
        }
    }

    /// <summary>As SIGTERM.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>As SIGKILL: nothing of it runs on, but what it sent may arrive.</summary>
    public void Crash()
    {
        IsGone = true;
        Scheduler.Clear();
        _world.Wire.Bury(this);
        _metrics.Dispose();
    }

    /// <summary>What it does, for a failure's report.</summary>
    public override string ToString() =>
        $"worker {Number}{(IsGone ? " gone" : "")}{(Client.IsZombie ? " zombie" : "")} busy: {!_busy.IsCompleted}; ready: {Scheduler.Ready}; timers: {Time.Waiting}; "
        + $"{Client}; " + string.Join(", ", _pump.States.Select(at => $"{at.Topic}/{at.Partition} {at.State} {at.Problem}"));

    /// <summary>Looks at the folder of config versions, as it does every few seconds.</summary>
    public void LookAtConfigs() => _configs.Looked(_world.Versions.Where(version => version.AnnouncedAt is not null && version != _world.Versions[0]).Select(ConfigOf), []);

    /// <summary>Looks whether the live store still has what it was given, as it does each second.</summary>
    public void Look() => _live.Look();

    private void End()
    {
        _pump.Dispose();
        Crash();
    }

    private static EventConfig ConfigOf(MadeVersion version) => new(
        version.Version, version.ActivatesAt,
        new RulesOptions { ClampAheadMinutes = version.ClampAheadMinutes, ClickstreamMaxAgeDays = version.MaxAgeDays, RejectAheadHours = version.RejectAheadHours },
        new CountingOptions(), CountryTable.Empty, BotTable.BuiltIn);

    private static AvroDecoder DecoderOver(HttpMessageHandler registry, TimeProvider time, ISchemaVerdicts? verdicts) => new(
        new SchemaRegistryClient(new SchemaRegistryOptions { Url = Nowhere }, registry), new DecodingOptions(), time, NullLogger<AvroDecoder>.Instance, verdicts);

    private WritingOptions Writing => new() { HistoryQueue = _world.Plan.Capacity, HistoryMegabytes = _world.Plan.Capacity / 20.0, LiveHours = 1_000_000 };

    private Stages StagesOf(Pool<RawBatch> pool, AvroDecoder decoder)
    {
        var (plan, world) = (_world.Plan, _world);
        var windowing = new WindowingOptions { RawRows = plan.RawRows };
        var enricher = new EventEnricher(_configs, TimeProvider.System, null, decoded =>
        {
            var raw = decoded.Raw;
            decoder.Return(decoded);
            pool.Return(raw);
        });
        var lanes = plan.Lanes + 1;
        var clickHouse = new ClickHouseClient(new ClickHouseOptions { Url = Nowhere }, Time, new ClickHouseWire(world, this));
        var deadLetters = new DeadLetterWriter(
            SimulatedDeadLetters.Of(world, this),
            new WriteRetry("dead_letters", DeadLetterWriter.IsAway, TimeSpan.FromSeconds(1), Number, Time, _metrics, NullLogger.Instance));
        return new Stages(
            decoder,
            enricher,
            _ => new KeyPartitioner(plan.Horizon / world.Twist.HorizonDivisor, _configs),
            lanes,
            lane => lane == lanes - 1 ? new RawRows(lane, windowing, _metrics) : new WindowAggregator(lane, windowing, _configs, RecentTags),
            [
                new HistoryWriter(clickHouse, deadLetters, Tracker, lanes, Writing, windowing, Time, _metrics, NullLogger<HistoryWriter>.Instance),
                _live,
            ]);
    }
}
