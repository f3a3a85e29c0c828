using System.Runtime.InteropServices;
using Analytics.Worker.Writing;

namespace Analytics.Worker.Consuming;

/// <summary>Knows which chunks are open, sealing and sealed, and so what may be committed: only the end of a chunk, and only when all before it are sealed.</summary>
/// <remarks>Any thread. A receipt for a chunk that was forgotten (its partition is lost) is ignored.</remarks>
internal sealed class ChunkTracker(WorkerMetrics metrics) : IChunkReceipts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Topic, int Partition), Line> _lines = [];

    /// <summary>A chunk is being read. Chunks of a partition open in order.</summary>
    public void Opened(Chunk chunk)
    {
        lock (_gate)
        {
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, (chunk.Id.Topic, chunk.Id.Partition), out _);
            (line ??= new Line()).Chunks.Enqueue(new Entry(chunk));
        }
    }

    /// <inheritdoc/>
    public void Settled(Chunk chunk, long lastOffset, bool isSealed)
    {
        chunk.SettledThrough = lastOffset;
        if (!isSealed)
        {
            return;
        }

        chunk.IsSettled = true;
        lock (_gate)
        {
            if (_lines.TryGetValue((chunk.Id.Topic, chunk.Id.Partition), out var line) && line.Seal(chunk, lastOffset + 1))
            {
                metrics.ChunkSealed(chunk.Id.Topic);
            }
        }
    }

    /// <summary>Chunks of a partition that are not yet sealed and acknowledged, the open one included.</summary>
    public int Unsealed(string topic, int partition)
    {
        lock (_gate)
        {
            return _lines.TryGetValue((topic, partition), out var line) ? line.Chunks.Count(entry => entry.End < 0) : 0;
        }
    }

    /// <summary>Adds what may be committed now and has not been: the end of the last chunk before the first that is not settled.</summary>
    public void AddCommits(List<(string Topic, int Partition, long Offset)> commits)
    {
        lock (_gate)
        {
            foreach (var (at, line) in _lines)
            {
                if (line.Ready > line.Committed)
                {
                    commits.Add((at.Topic, at.Partition, line.Ready));
                }
            }
        }
    }

    /// <summary>Kafka has acknowledged a commit.</summary>
    public void Committed(string topic, int partition, long offset)
    {
        lock (_gate)
        {
            if (_lines.TryGetValue((topic, partition), out var line))
            {
                line.Committed = Math.Max(line.Committed, offset);
            }
        }
    }

    /// <summary>The partition is no longer ours, or starts anew: nothing known about it counts any more.</summary>
    public void Forget(string topic, int partition)
    {
        lock (_gate)
        {
            _lines.Remove((topic, partition));
        }
    }

    /// <summary>The chunks of one partition that may not be committed yet, in order.</summary>
    private sealed class Line
    {
        public readonly Queue<Entry> Chunks = new();
        public long Ready = -1;
        public long Committed = -1;

        /// <summary>False when the chunk is of another life of the partition, or sealed already.</summary>
        public bool Seal(Chunk chunk, long end)
        {
            var entry = Chunks.FirstOrDefault(entry => ReferenceEquals(entry.Chunk, chunk));
            if (entry is null || entry.End >= 0)
            {
                return false;
            }

            entry.End = end;
            while (Chunks.TryPeek(out var first) && first.End >= 0)
            {
                Ready = Chunks.Dequeue().End;
            }

            return true;
        }
    }

    private sealed class Entry(Chunk chunk)
    {
        public readonly Chunk Chunk = chunk;

        /// <summary>Offset after its last record; -1 until it is sealed and acknowledged.</summary>
        public long End = -1;
    }
}
