using Analytics.Core.Events;
using Analytics.Worker.Consuming;
using Analytics.Worker.Partitioning;

namespace Analytics.Worker.Windowing;

/// <summary>The raw lane: rows of every record as it is, dead letters, and the counts of the ledger.</summary>
/// <remarks>
/// One thread. Rows are handed out once, at a flush or earlier when there are too many; counts are those of the whole chunk, at each history flush.
/// Every accepted record has a row here and is counted in a cell, so the two sides can be checked against each other.
/// </remarks>
internal sealed class RawRows(int lane, WindowingOptions options, WorkerMetrics metrics) : ILane<LaneSlice, LaneOutput>
{
    private readonly OpenChunks<RawTables> _open = new(chunk => new RawTables(chunk, options));

    /// <inheritdoc/>
    public LaneOutput? Apply(LaneSlice slice)
    {
        var raw = slice.Batch.Decoded.Raw;
        var (chunk, flush, lastOffset, skipped, confirmed) = (raw.Chunk, raw.Flush, raw.LastOffset, raw.Skipped, raw.Confirmed);
        if (chunk.Lost.IsCancellationRequested)
        {
            _open.Drop(chunk);
            slice.Release();
            return null;
        }

        var tables = _open.Of(chunk);
        tables.Count(slice.Batch);
        Report(slice);
        slice.Release();
        var isHistory = flush.HasFlag(Flush.History);
        if (flush == Flush.None && !tables.IsFull)
        {
            return null;
        }

        var (rows, deadLetters) = isHistory || tables.IsFull ? tables.Take() : ([], []);
        var output = new LaneOutput
        {
            Chunk = chunk,
            Lane = lane,
            Sequence = flush == Flush.None ? -1 : tables.Flushes++,
            Flush = flush,
            LastOffset = lastOffset,
            Confirmed = flush == Flush.None ? chunk.ConfirmAsync() : confirmed,
            Tables = rows,
            DeadLetters = deadLetters,
            Counts = isHistory ? tables.Counts() with { Skipped = skipped } : null,
        };
        if (flush.HasFlag(Flush.Seal))
        {
            _open.Drop(chunk);
        }

        return output;
    }

    private void Report(LaneSlice slice)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var verdict in slice.Batch.Decoded.Columns.Verdicts.AsSpan(0, slice.Count))
        {
            counts[(int)verdict]++;
        }

        var topic = slice.Batch.Decoded.Raw.Chunk.Id.Topic;
        metrics.Judged(topic, counts[(int)Verdict.Accepted], counts[(int)Verdict.Duplicate], counts[(int)Verdict.Filtered]);
        for (var verdict = (int)Verdict.TooShort; verdict < counts.Length; verdict++)
        {
            if (counts[verdict] > 0)
            {
                metrics.Rejected(topic, ((Verdict)verdict).Code(), counts[verdict]);
            }
        }
    }
}
