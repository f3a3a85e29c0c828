using Analytics.Benchmarks.Workloads;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Worker;
using Analytics.Worker.Consuming;

namespace Analytics.Benchmarks.Assembling;

/// <summary>A partition in memory: hands its records out in batches as the consumer does, copied out of memory that is not ours, as one chunk a time.</summary>
/// <remarks>It can be read again and again: offsets go on, far enough that no event is a duplicate of the time before.</remarks>
internal sealed class ChunkFeed(Clickstream records, Pool<RawBatch> batches, int partition)
{
    private const int BatchRecords = 4_096;
    private const long Horizon = 262_144;
    private Chunk _chunk = null!;
    private long _firstOffset;
    private int _next;

    /// <summary>Starts the next chunk.</summary>
    public void Begin()
    {
        _firstOffset += _chunk is null ? 0 : Math.Max(records.Count, Horizon) + 1;
        _chunk = new Chunk(new ChunkId(1, Topics.Clickstream, partition, _firstOffset), records.End, 1, CancellationToken.None) { Strand = partition };
        _next = 0;
    }

    /// <summary>The next batch, or null after the chunk's last. Redis is flushed once in the middle of the chunk; the last batch seals it.</summary>
    public RawBatch? Next()
    {
        if (_next == records.Count)
        {
            return null;
        }

        var batch = batches.Rent();
        batch.Begin(_chunk, warmUp: false);
        var (first, count) = (_next, Math.Min(BatchRecords, records.Count - _next));
        for (var i = first; i < first + count; i++)
        {
            batch.Add(_firstOffset + i, records.End, records[i], isTombstone: false);
        }

        _next += count;
        var middle = records.Count / 2;
        batch.Flush = _next == records.Count ? Flush.Seal : first < middle && _next >= middle ? Flush.Live : Flush.None;
        return batch;
    }
}
