using Analytics.Storage.Redis;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Partitioning;

namespace Analytics.Worker.Windowing;

/// <summary>One lane: counts its rows into the minutes of their chunk, and hands out what is dirty at each flush.</summary>
/// <remarks>
/// One thread. Values are absolute for their chunk and <c>ver</c> is the last offset counted, so that a row may be written any number of times.
/// A chunk's tables go when it is sealed or lost; until then they are bounded by the chunk's records.
/// </remarks>
/// <param name="lane">0 to N - 1.</param>
/// <param name="options">Retention and inserts.</param>
/// <param name="configs">What a chunk is counted by; null for the defaults.</param>
/// <param name="recent">See <see cref="RecentTags"/>.</param>
internal sealed class WindowAggregator(int lane, WindowingOptions options, IEventConfigs? configs = null, int recent = RecentTags.Places) : ILane<LaneSlice, LaneOutput>
{
    private const int Idle = 2;
    private static readonly CountingOptions Defaults = new();
    private readonly Stack<LaneTables> _idle = [];
    private readonly FlatTable<MinuteKey, LiveFigures> _minutes = new();
    private OpenChunks<LaneTables>? _open;

    /// <inheritdoc/>
    public LaneOutput? Apply(LaneSlice slice)
    {
        _open ??= new OpenChunks<LaneTables>(Begin, Keep);
        var raw = slice.Batch.Decoded.Raw;
        var (chunk, flush, lastOffset, confirmed) = (raw.Chunk, raw.Flush, raw.LastOffset, raw.Confirmed);
        if (chunk.Lost.IsCancellationRequested)
        {
            End(chunk);
            slice.Release();
            return null;
        }

        var tables = _open.Of(chunk);
        tables.Count(slice.Batch, slice.Selected, options.Sessions ? slice.Visited : default);
        slice.Release();
        if (flush == Flush.None)
        {
            return null;
        }

        var output = new LaneOutput
        {
            Chunk = chunk,
            Lane = lane,
            Sequence = tables.Flushes++,
            Flush = flush,
            LastOffset = lastOffset,
            Confirmed = confirmed,
            Tables = flush.HasFlag(Flush.History) ? tables.TakeHistory(lastOffset, options) : [],
            Folded = tables.FoldedSoFar(),
            Live = flush.HasFlag(Flush.Live) ? tables.TakeLive() : null,
            Visitors = flush.HasFlag(Flush.Live) ? tables.TakeVisitors() : null,
        };
        if (flush.HasFlag(Flush.Seal))
        {
            End(chunk);
        }

        return output;
    }

    // Tables that have grown to the size of a chunk are worth keeping: fresh memory costs more than clearing.
    private LaneTables Begin(Chunk chunk)
    {
        var tables = _idle.TryPop(out var idle) ? idle : new LaneTables(_minutes, recent);
        tables.Begin(chunk, configs?.Of(chunk.ConfigVersion).Counting ?? Defaults);
        return tables;
    }

    private void End(Chunk chunk)
    {
        if (_open!.Drop(chunk) is { } tables)
        {
            Keep(tables);
        }
    }

    private void Keep(LaneTables tables)
    {
        if (_idle.Count < Idle)
        {
            tables.Clear();
            _idle.Push(tables);
        }
    }
}
