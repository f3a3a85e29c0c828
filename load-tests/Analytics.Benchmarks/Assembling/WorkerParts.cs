using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Benchmarks.Assembling;

/// <summary>The worker's steps, made as the worker makes them, without its service container.</summary>
internal sealed class WorkerParts : IDisposable
{
    private readonly WorkerOptions _options;
    private readonly WindowingOptions _windowing;

    /// <summary>New steps that have seen nothing.</summary>
    public WorkerParts(SchemaRegistryClient registry, WorkerOptions options)
    {
        _options = options;
        _windowing = new WindowingOptions { Sessions = options.Sessions };
        Decoder = new AvroDecoder(registry, new DecodingOptions(), TimeProvider.System, NullLogger<AvroDecoder>.Instance);

        // The records are older than the clock of the broker that has just stored them.
        Enricher = new EventEnricher(new EnrichingOptions { Rules = new RulesOptions { ClickstreamMaxAgeDays = 0 } }, decoded =>
        {
            var raw = decoded.Raw;
            Decoder.Return(decoded);
            Batches.Return(raw);
        });
    }

    /// <summary>Told of what is counted.</summary>
    public WorkerMetrics Metrics { get; } = new();

    /// <summary>Batches of records, on their way in and back.</summary>
    public Pool<RawBatch> Batches { get; } = new(() => new RawBatch(), keep: 128);

    /// <summary>The first step.</summary>
    public AvroDecoder Decoder { get; }

    /// <summary>The second step.</summary>
    public EventEnricher Enricher { get; }

    /// <summary>A third step, for one strand.</summary>
    public static KeyPartitioner PartitionerOf() => new();

    /// <summary>Lanes, the last included, which has every record.</summary>
    public int Lanes => _options.Lanes + 1;

    /// <summary>The owner of a lane.</summary>
    public ILane<LaneSlice, LaneOutput> LaneOf(int lane) =>
        lane < _options.Lanes ? new WindowAggregator(lane, _windowing)
        : _options.RawRows ? new RawRows(lane, _windowing, Metrics)
        : new CountingLane(lane);

    /// <summary>The steps joined to a graph.</summary>
    public Sink<RawBatch> Build(params IWriter<LaneOutput>[] writers) =>
        Pipeline.Build(new Stages(Decoder, Enricher, _ => PartitionerOf(), Lanes, LaneOf, writers), new PipelineOptions());

    /// <inheritdoc/>
    public void Dispose() => Metrics.Dispose();
}

/// <summary>Which worker.</summary>
/// <param name="Lanes">Counting lanes.</param>
/// <param name="RawRows">True: the last lane makes a row of the table events for each record. False: it only counts them.</param>
/// <param name="Sessions">True: session cells are counted as well, which no GROUP BY of minutes does.</param>
internal sealed record WorkerOptions(int Lanes = 2, bool RawRows = false, bool Sessions = false);
