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
    private readonly List<KeyPartitioner> _partitioners = [];
    private readonly List<ILane<LaneSlice, LaneOutput>> _lanes = [];
    private int _nextLane;

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

    /// <summary>The third step, for one strand.</summary>
    public KeyPartitioner PartitionerOf(int strand)
    {
        while (_partitioners.Count <= strand)
        {
            _partitioners.Add(new KeyPartitioner());
        }

        return _partitioners[strand];
    }

    /// <summary>Lanes, the last included, which has every record.</summary>
    public int Lanes => _options.Lanes + 1;

    /// <summary>A new owner of a lane.</summary>
    public ILane<LaneSlice, LaneOutput> LaneOf(int lane) =>
        lane < _options.Lanes ? new WindowAggregator(lane, _windowing)
        : _options.RawRows ? new RawRows(lane, _windowing, Metrics)
        : new CountingLane(lane);

    /// <summary>The steps joined to a graph. Built again once the last one has ended, it has the same lanes and partitioners, with the tables that they have grown, as a worker that gets its partitions back.</summary>
    /// <param name="decoder">Stands before <see cref="Decoder"/>; null for that alone.</param>
    /// <param name="writers">Its ends.</param>
    public Sink<RawBatch> Build(IStage<RawBatch, DecodedBatch>? decoder, params IWriter<LaneOutput>[] writers)
    {
        _nextLane = 0;
        return Pipeline.Build(new Stages(decoder ?? Decoder, Enricher, PartitionerOf, Lanes, KeptLaneOf, writers), new PipelineOptions());
    }

    // Asked for strand by strand, and in each lane by lane.
    private ILane<LaneSlice, LaneOutput> KeptLaneOf(int lane)
    {
        if (_nextLane == _lanes.Count)
        {
            _lanes.Add(LaneOf(lane));
        }

        return _lanes[_nextLane++];
    }

    /// <inheritdoc/>
    public void Dispose() => Metrics.Dispose();
}

/// <summary>Which worker.</summary>
/// <param name="Lanes">Counting lanes.</param>
/// <param name="RawRows">True: the last lane makes a row of the table events for each record. False: it only counts them.</param>
/// <param name="Sessions">True: session cells are counted as well, which no GROUP BY of minutes does.</param>
internal sealed record WorkerOptions(int Lanes = 2, bool RawRows = false, bool Sessions = false);
