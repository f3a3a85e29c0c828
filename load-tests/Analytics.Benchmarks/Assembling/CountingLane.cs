using Analytics.Core.Events;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;

namespace Analytics.Benchmarks.Assembling;

/// <summary>The raw lane without its rows: it counts what was accepted and answers flushes. A GROUP BY makes no row for each event either.</summary>
internal sealed class CountingLane(int lane) : ILane<LaneSlice, LaneOutput>
{
    private readonly Dictionary<Chunk, (long Read, long Accepted, int Flushes)> _open = [];

    /// <inheritdoc/>
    public LaneOutput? Apply(LaneSlice slice)
    {
        var raw = slice.Batch.Decoded.Raw;
        var (chunk, flush, lastOffset) = (raw.Chunk, raw.Flush, raw.LastOffset);
        var accepted = slice.Batch.Decoded.Columns.Verdicts.AsSpan(0, raw.Count).Count(Verdict.Accepted);
        var counted = _open.GetValueOrDefault(chunk);
        counted = (counted.Read + raw.Count, counted.Accepted + accepted, counted.Flushes);
        slice.Release();
        if (flush == Flush.None)
        {
            _open[chunk] = counted;
            return null;
        }

        _open[chunk] = counted with { Flushes = counted.Flushes + 1 };
        if (flush.HasFlag(Flush.Seal))
        {
            _open.Remove(chunk);
        }

        return new LaneOutput
        {
            Chunk = chunk,
            Lane = lane,
            Sequence = counted.Flushes,
            Flush = flush,
            LastOffset = lastOffset,
            Confirmed = Task.CompletedTask,
            Counts = new ChunkCounts { Read = counted.Read, Accepted = counted.Accepted },
        };
    }
}
