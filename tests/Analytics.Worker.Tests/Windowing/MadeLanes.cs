using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Tests.Windowing;

/// <summary>The steps from the enricher to the lanes, without a graph: batches in, outputs out.</summary>
internal sealed class MadeLanes : IDisposable
{
    private readonly EventEnricher _enricher = new(new EnrichingOptions { Rules = new RulesOptions { ClickstreamMaxAgeDays = 0 } }, _ => { });
    private readonly KeyPartitioner _partitioner;
    private readonly ILane<LaneSlice, LaneOutput>[] _lanes;
    private readonly WorkerMetrics _metrics = new();

    public MadeLanes(int lanes, WindowingOptions? options = null, CountingOptions? counting = null)
    {
        var configs = new FixedConfig(EventConfig.OfSettings(new EnrichingOptions(), counting ?? new CountingOptions()));
        _partitioner = new KeyPartitioner(configs: configs);
        options ??= new WindowingOptions();
        _lanes =
        [
            .. Enumerable.Range(0, lanes).Select(lane => new WindowAggregator(lane, options, configs)),
            new RawRows(lanes, options, _metrics),
        ];
    }

    /// <summary>Lanes, the raw lane included.</summary>
    public int Count => _lanes.Length;

    /// <summary>Sends events through as one batch, as the reader cuts it; gives what the lanes hand out.</summary>
    public List<LaneOutput> Send(Chunk chunk, long first, IReadOnlyList<MadeEvent> events, Flush flush = Flush.None, long skipped = 0)
    {
        var decoded = MadeBatches.Of(chunk, first, events);
        (decoded.Raw.Flush, decoded.Raw.Confirmed, decoded.Raw.Skipped) = (flush, chunk.ConfirmAsync(), skipped);
        var slices = new LaneSlice?[_lanes.Length];
        _partitioner.Split(_enricher.Apply(decoded), slices);
        var outputs = new List<LaneOutput>();
        for (var lane = 0; lane < slices.Length; lane++)
        {
            if (slices[lane] is { } slice && _lanes[lane].Apply(slice) is { } output)
            {
                outputs.Add(output);
            }
        }

        return outputs;
    }

    public void Dispose() => _metrics.Dispose();
}
