using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;

namespace Analytics.Benchmarks.Rows;

/// <summary>The reference for the cost of Dataflow: the same steps, called one after the other in a loop, one thread a partition. No queue, no hand-over.</summary>
/// <remarks>The threads share nothing, and each partition's records stay in one core's caches: no graph can do better with these steps.</remarks>
internal sealed class PlainLoops(Clickstream[] partitions, SchemaRegistryClient registry, WorkerOptions options) : IContender
{
    private readonly Loop[] _loops = [.. partitions.Select((records, partition) => new Loop(records, registry, options, partition))];

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return _loops.Select(loop => loop.Counted).Aggregate((a, b) => a + b).ToString();
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        var stretch = Stretch.Start();
        await Task.WhenAll(_loops.Select(loop => Task.Factory.StartNew(loop.Run, TaskCreationOptions.LongRunning)));
        return stretch.End();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Array.ForEach(_loops, loop => loop.Dispose());
        return ValueTask.CompletedTask;
    }

    private sealed class Loop : IDisposable
    {
        private readonly WorkerParts _parts;
        private readonly ChunkFeed _feed;
        private readonly RowCounter _rows;
        private readonly ILane<LaneSlice, LaneOutput>[] _lanes;
        private readonly KeyPartitioner _partitioner = new();
        private readonly LaneSlice?[] _slices;

        public Loop(Clickstream records, SchemaRegistryClient registry, WorkerOptions options, int partition)
        {
            _parts = new WorkerParts(registry, options);
            _feed = new ChunkFeed(records, _parts.Batches, partition);
            _rows = new RowCounter(_parts.Lanes);
            _lanes = [.. Enumerable.Range(0, _parts.Lanes).Select(_parts.LaneOf)];
            _slices = new LaneSlice?[_parts.Lanes];
        }

        public Groups Counted => _rows.Counted;

        public void Run()
        {
            _ = _rows.Expect(1);
            _feed.Begin();
            while (_feed.Next() is { } batch)
            {
                var enriched = _parts.Enricher.Apply(_parts.Decoder.ApplyAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult());
                Array.Clear(_slices);
                _partitioner.Split(enriched, _slices);
                for (var lane = 0; lane < _lanes.Length; lane++)
                {
                    if (_slices[lane] is { } slice && _lanes[lane].Apply(slice) is { } output)
                    {
                        _rows.Take(output);
                    }
                }
            }
        }

        public void Dispose() => _parts.Dispose();
    }
}
