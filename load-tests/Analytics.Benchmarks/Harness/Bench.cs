using Analytics.Benchmarks.Rows;
using Analytics.Benchmarks.Sinks;
using Analytics.Benchmarks.Workloads;
using Analytics.Local.ClickHouse;
using Analytics.Storage.Registry;

namespace Analytics.Benchmarks.Harness;

/// <summary>What rows share: workloads, files, the engine, the broker. Each is made when the first row asks for it.</summary>
/// <param name="options">What was asked for.</param>
internal sealed class Bench(BenchOptions options) : IAsyncDisposable
{
    private readonly Dictionary<Shape, Clickstream> _workloads = [];
    private SchemaRegistryClient? _registry;
    private ChdbEngine? _engine;
    private ChdbConnection? _connection;
    private KafkaTopic? _topic;
    private RealStores? _stores;

    /// <summary>What was asked for.</summary>
    public BenchOptions Options => options;

    /// <summary>Files that both sides read.</summary>
    public BenchFolder Folder { get; } = new();

    /// <summary>Traffic of a worker that keeps up.</summary>
    public Clickstream Live => Of(Shape.Live);

    /// <summary>Traffic of an import.</summary>
    public Clickstream Import => Of(Shape.Import);

    /// <summary>The workloads that were made, by name.</summary>
    public IReadOnlyDictionary<string, string> Workloads => _workloads.ToDictionary(pair => $"{pair.Key}".ToLowerInvariant(), pair => pair.Value.Describe());

    /// <summary>Knows the records' schema.</summary>
    public SchemaRegistryClient Registry => _registry ??= Folder.Registry();

    /// <summary>ClickHouse's engine in this process.</summary>
    public ChdbConnection Engine => _connection ??= (_engine = ChdbEngine.Start(Folder.PathOf("engine"))).Open();

    /// <summary>The live workload in a topic of a broker in another process.</summary>
    public async Task<KafkaTopic> TopicAsync() => _topic ??= await KafkaTopic.ProduceAsync(Live, options.Partitions);

    /// <summary>ClickHouse and Redis in other processes.</summary>
    public async Task<RealStores> StoresAsync() => _stores ??= await RealStores.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        if (_topic is not null)
        {
            await _topic.DisposeAsync();
        }

        _connection?.Dispose();
        _engine?.Dispose();
        _registry?.Dispose();
        Folder.Dispose();
    }

    private Clickstream Of(Shape shape)
    {
        if (!_workloads.TryGetValue(shape, out var workload))
        {
            Narration.Say($"making {options.Events:N0} events of workload {shape}");
            _workloads.Add(shape, workload = Clickstream.Make(options.Events, shape));
        }

        return workload;
    }
}
