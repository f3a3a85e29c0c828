using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Workloads;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Windowing;

namespace Analytics.Benchmarks.Sinks;

/// <summary>What a graph hands to its writers for one chunk, kept to be written later. The same records give the same outputs.</summary>
internal sealed class CapturedOutputs
{
    private CapturedOutputs(IReadOnlyList<LaneOutput> all, int lanes) => (All, Lanes) = (all, lanes);

    /// <summary>The outputs, in their order. Whoever writes them gives their memory back, so they are written once.</summary>
    public IReadOnlyList<LaneOutput> All { get; }

    /// <summary>Lanes, the last included.</summary>
    public int Lanes { get; }

    /// <summary>Rows for ClickHouse.</summary>
    public long Rows => All.Sum(output => output.Tables.Sum(table => (long)table.Rows));

    /// <summary>The blocks of one table.</summary>
    public IEnumerable<NativeBlock> BlocksOf(TableShape shape) => All.SelectMany(output => output.Tables).Where(table => table.Shape == shape).SelectMany(table => table.Blocks.Values);

    /// <summary>Runs the records through the worker's graph as one chunk.</summary>
    public static async Task<CapturedOutputs> MakeAsync(Clickstream records, SchemaRegistryClient registry)
    {
        using var parts = new WorkerParts(registry, new WorkerOptions(RawRows: true));
        var capture = new Capture();
        var graph = parts.Build(null, capture);
        var feed = new ChunkFeed(records, parts.Batches, 0);
        feed.Begin();
        while (feed.Next() is { } batch)
        {
            await graph.SendAsync(batch);
        }

        graph.Complete();
        await graph.Completion;
        return new CapturedOutputs(capture.Outputs, parts.Lanes);
    }

    private sealed class Capture : IWriter<LaneOutput>
    {
        public List<LaneOutput> Outputs { get; } = [];

        public ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
        {
            Outputs.Add(output);
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
