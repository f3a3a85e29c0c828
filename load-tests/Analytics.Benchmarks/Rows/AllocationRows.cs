using System.Diagnostics;
using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;

namespace Analytics.Benchmarks.Rows;

/// <summary>What a worker allocates once it runs: the graph with all its rows, chunk after chunk, finished rows given back as the writers do.</summary>
internal static class AllocationRows
{
    private const int WarmUp = 3;
    private const int LeastChunks = 5;

    /// <summary>Row 8.</summary>
    public static async Task<IReadOnlyList<Row>> MeasureAsync(Bench bench)
    {
        await using var graph = new GraphInMemory([bench.Live], bench.Registry, new WorkerOptions(RawRows: true, Sessions: true));
        for (var chunk = 0; chunk < WarmUp; chunk++)
        {
            await graph.RunAsync();
        }

        // A hundred chunks are the hundred million events of the goal; a slow machine stops earlier.
        var (limit, started) = (TimeSpan.FromSeconds(bench.Options.IsQuick ? 2 : 40), Stopwatch.GetTimestamp());
        GC.Collect();
        var (collections, total) = (GC.CollectionCount(0), GC.GetTotalAllocatedBytes(precise: true));
        var each = new List<double>();
        while (each.Count < LeastChunks || (each.Count < 100 && Stopwatch.GetElapsedTime(started) < limit))
        {
            var before = GC.GetTotalAllocatedBytes(precise: false);
            await graph.RunAsync();
            each.Add((double)(GC.GetTotalAllocatedBytes(precise: false) - before) / bench.Live.Count);
        }

        var events = (double)each.Count * bench.Live.Count;
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - total) / events;
        var found = GC.CollectionCount(0) - collections;
        var hundred = found * 1e8 / events;
        await NameTypesAsync(graph, bench.Live.Count);
        return
        [
            new Row("8", "bytes allocated per event, the worker's graph with all rows, steady state", "B", bytes, each.Min(), each.Max(), Goal.Most(1, 1)),
            new Row("8 gen 0", $"gen-0 collections in 100 million events, of {events / 1e6:0} million run", "", hundred, hundred, hundred, Goal.Most(null, 0)),
        ];
    }

    // For whoever wants the number to fall.
    private static async Task NameTypesAsync(GraphInMemory graph, int events)
    {
        using var watch = new AllocationWatch();
        await graph.RunAsync();
        foreach (var line in watch.Top(8, events))
        {
            Narration.Say("8: " + line);
        }
    }
}
