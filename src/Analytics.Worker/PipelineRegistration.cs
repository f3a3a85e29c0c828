using Analytics.Hosting;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using Analytics.Storage.Registry;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;

namespace Analytics.Worker;

/// <summary>Makes the parts of the worker, each from its section of the settings, which are validated at start.</summary>
internal static class PipelineRegistration
{
    /// <summary>Adds the data path and the service that runs it.</summary>
    public static IHostApplicationBuilder AddPipeline(this IHostApplicationBuilder builder)
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        AddOptions(builder.Services);
        AddStores(builder.Services);
        AddVerdicts(builder);
        var services = builder.Services;
        services.AddSingleton<WorkerMetrics>();
        services.AddSingleton<ChunkTracker>();
        services.AddSingleton<IChunkReceipts>(parts => parts.GetRequiredService<ChunkTracker>());

        // As many as the graph and the readers hold at once, with some to spare.
        services.AddSingleton(new Pool<RawBatch>(() => new RawBatch(), keep: 128));
        services.AddSingleton<AvroDecoder>();
        services.AddSingleton<ISchemaGate>(parts => parts.GetRequiredService<AvroDecoder>());
        services.AddSingleton(parts => new ConfigVersions(
            EventConfig.OfSettings(parts.GetRequiredService<EnrichingOptions>(), parts.GetRequiredService<CountingOptions>()),
            parts.GetRequiredService<ConfigsOptions>(), parts.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEventConfigs>(parts => parts.GetRequiredService<ConfigVersions>());
        services.AddSingleton<ConfigRecords>();
        services.AddSingleton<ConfigWatch>();
        services.AddHostedService(parts => parts.GetRequiredService<ConfigWatch>());
        services.AddSingleton(EnricherOf);
        services.AddSingleton(DeadLettersOf);
        services.AddSingleton(HistoryOf);
        services.AddSingleton(LiveOf);
        services.AddSingleton<ITakeOvers>(parts => parts.GetRequiredService<LiveWriter>());
        services.AddSingleton<LiveRebuild>();
        services.AddSingleton(StagesOf);
        services.AddSingleton(parts => Pipeline.Build(parts.GetRequiredService<Stages>(), parts.GetRequiredService<PipelineOptions>()));
        services.AddSingleton<LogPump>();
        services.AddSingleton<StoreChecks>();
        services.AddHostedService<PipelineService>();
        return builder;
    }

    private static void AddOptions(IServiceCollection services)
    {
        Add<KafkaAddress>(services, "Kafka");
        Add<ConsumingOptions>(services, "Consuming");
        Add<DecodingOptions>(services, DecodingOptions.Section);
        Add<EnrichingOptions>(services, "Enriching");
        Add<CountingOptions>(services, "Counting");
        Add<ConfigsOptions>(services, "Configs");
        Add<PartitioningOptions>(services, "Partitioning");
        Add<WindowingOptions>(services, "Windowing");
        Add<WritingOptions>(services, "Writing");
        Add<PipelineOptions>(services, "Pipeline");
        Add<ClickHouseOptions>(services, "ClickHouse");
        Add<SchemaRegistryOptions>(services, SchemaRegistryOptions.Section);
    }

    private static void AddStores(IServiceCollection services)
    {
        services.AddSingleton<IConnectionMultiplexer>(RedisOf);
        services.AddSingleton<LiveCounts>();
        services.AddSingleton<ILiveStore>(parts => parts.GetRequiredService<LiveCounts>());
        services.AddSingleton<LiveHistory>();
        services.AddSingleton<ClickHouseClient>();
        services.AddSingleton<ClickHouseMigrations>();
        services.AddSingleton<ChunkRecords>();
        services.AddSingleton<ILedgerReader, ClickHouseLedger>();
        services.AddSingleton<SchemaRegistryClient>();
    }

    // Without PostgreSQL each worker remembers by itself what a chunk goes by: enough for one worker, until it stops.
    private static void AddVerdicts(IHostApplicationBuilder builder)
    {
        if (builder.Configuration["Postgres:Connection"] is { Length: > 0 } postgres)
        {
            builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(postgres));
            builder.Services.AddSingleton<SchemaVerdicts>();
            builder.Services.AddSingleton<ISchemaVerdicts>(parts => parts.GetRequiredService<SchemaVerdicts>());
        }
    }

    private static void Add<T>(IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(parts => parts.GetRequiredService<IOptions<T>>().Value);
    }

    private static EventEnricher EnricherOf(IServiceProvider parts)
    {
        var decoder = parts.GetRequiredService<AvroDecoder>();
        var pool = parts.GetRequiredService<Pool<RawBatch>>();
        var configs = parts.GetRequiredService<IEventConfigs>();
        return new EventEnricher(configs, parts.GetRequiredService<TimeProvider>(), parts.GetRequiredService<WorkerMetrics>(), decoded =>
        {
            var raw = decoded.Raw;
            decoder.Return(decoded);
            pool.Return(raw);
        });
    }

    private static DeadLetterWriter DeadLettersOf(IServiceProvider parts) => new(
        DeadLetterWriter.ProducerOf(parts.GetRequiredService<KafkaAddress>()),
        new WriteRetry(
            "dead_letters", DeadLetterWriter.IsAway, TimeSpan.FromSeconds(parts.GetRequiredService<WritingOptions>().RetryCeilingSeconds), Environment.ProcessId,
            parts.GetRequiredService<TimeProvider>(), parts.GetRequiredService<WorkerMetrics>(), parts.GetRequiredService<ILogger<DeadLetterWriter>>()));

    private static HistoryWriter HistoryOf(IServiceProvider parts) => ActivatorUtilities.CreateInstance<HistoryWriter>(parts, LanesOf(parts));

    private static LiveWriter LiveOf(IServiceProvider parts) => ActivatorUtilities.CreateInstance<LiveWriter>(parts, LanesOf(parts));

    // Redis may be away when the worker starts, and come later.
    private static ConnectionMultiplexer RedisOf(IServiceProvider parts)
    {
        var options = ConfigurationOptions.Parse(parts.GetRequiredService<IConfiguration>()["Redis:Connection"] ?? "127.0.0.1:6380");
        options.AbortOnConnectFail = false;
        return ConnectionMultiplexer.Connect(options);
    }

    private static Stages StagesOf(IServiceProvider parts)
    {
        var windowing = parts.GetRequiredService<WindowingOptions>();
        var metrics = parts.GetRequiredService<WorkerMetrics>();
        var lanes = LanesOf(parts);
        return new Stages(
            parts.GetRequiredService<AvroDecoder>(),
            parts.GetRequiredService<EventEnricher>(),
            _ => new KeyPartitioner(configs: parts.GetRequiredService<IEventConfigs>()),
            lanes,
            lane => lane == lanes - 1 ? new RawRows(lane, windowing, metrics) : new WindowAggregator(lane, windowing, parts.GetRequiredService<IEventConfigs>()),
            [parts.GetRequiredService<HistoryWriter>(), parts.GetRequiredService<LiveWriter>()]);
    }

    // The counting lanes and the raw one.
    private static int LanesOf(IServiceProvider parts) => parts.GetRequiredService<PartitioningOptions>().Lanes + 1;
}
