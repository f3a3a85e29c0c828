using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Consuming;

namespace Analytics.Benchmarks.Rows;

/// <summary>The worker's whole graph on records in memory: decode, validate, enrich, duplicates, lanes, cells, uniques, and their rows when the chunk is sealed.</summary>
/// <remarks>
/// Only the ends differ from the worker: batches come from arrays instead of Kafka, and finished rows are dropped instead of sent. The graph stands all the
/// time, as in a worker; each run is another chunk of every partition.
/// </remarks>
internal sealed class GraphInMemory : IContender
{
    private readonly WorkerParts _parts;
    private readonly ChunkFeed[] _feeds;
    private readonly RowCounter _rows;
    private readonly Sink<RawBatch> _graph;

    /// <summary>A graph that waits for records.</summary>
    /// <param name="partitions">The records, partition by partition.</param>
    /// <param name="registry">Knows their schema.</param>
    /// <param name="options">Which worker.</param>
    public GraphInMemory(Clickstream[] partitions, SchemaRegistryClient registry, WorkerOptions options)
    {
        _parts = new WorkerParts(registry, options);
        _feeds = [.. partitions.Select((records, partition) => new ChunkFeed(records, _parts.Batches, partition))];
        _rows = new RowCounter(_parts.Lanes);
        _graph = _parts.Build(null, _rows);
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return _rows.Counted.ToString();
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        var stretch = Stretch.Start();
        var isDone = _rows.Expect(_feeds.Length);
        foreach (var feed in _feeds)
        {
            feed.Begin();
        }

        for (var ended = 0; ended < _feeds.Length;)
        {
            ended = 0;
            foreach (var feed in _feeds)
            {
                if (feed.Next() is { } batch)
                {
                    await _graph.SendAsync(batch);
                }
                else
                {
                    ended++;
                }
            }
        }

        // Whichever ends first: a graph that has failed seals nothing.
        await await Task.WhenAny(isDone, _graph.Completion);
        return stretch.End();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _graph.Complete();
        await _graph.Completion;
        _parts.Dispose();
    }
}
