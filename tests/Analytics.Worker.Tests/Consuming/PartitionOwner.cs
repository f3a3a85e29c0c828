using System.Buffers.Binary;
using Analytics.Core.Avro;
using Analytics.Core.Chunks;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>A record of a log that a test makes up; with a schema it is framed as one, else it is eight bytes of no schema.</summary>
internal readonly record struct LogRecord(long Offset, long Timestamp, int? Schema = null);

/// <summary>One owner of a partition over a made-up log: plays the client that fetches and the graph that settles, as a test tells it.</summary>
internal sealed class PartitionOwner : IDisposable
{
    private readonly List<LogRecord> _log;
    private readonly WorkerMetrics _metrics = new();
    private readonly Queue<RawBatch> _output = new();
    private int _position;

    public PartitionOwner(List<LogRecord> log, ConsumingOptions options, Start start, IEventConfigs? configs = null, ISchemaGate? schemas = null)
    {
        _log = log;
        Tracker = new ChunkTracker(_metrics);
        Reader = new PartitionReader("events", 3, options, Tracker, new Pool<RawBatch>(() => new RawBatch(), 0), _output, configs, schemas);
        Reader.Begin(start);
    }

    public PartitionReader Reader { get; }

    public ChunkTracker Tracker { get; }

    /// <summary>Offsets at the end of the log that hold no record: control records of a transaction.</summary>
    public long Controls { get; set; }

    /// <summary>The clock that the reader sees, milliseconds.</summary>
    public long Now { get; set; }

    /// <summary>Every batch so far.</summary>
    public List<RawBatch> Batches { get; } = [];

    /// <summary>Sealed chunks whose rows are not acknowledged yet.</summary>
    public Queue<RawBatch> Unsettled { get; } = new();

    /// <summary>Offsets of the batches that were counted, by chunk.</summary>
    public Dictionary<ChunkId, List<long>> Counted { get; } = [];

    /// <summary>Chunks that were sealed: their last offset.</summary>
    public Dictionary<ChunkId, long> Sealed { get; } = [];

    /// <summary>The client gives up the records that are left, as if it had delivered them.</summary>
    public void SkipToEnd()
    {
        _position = _log.Count;
        Fetch(0);
    }

    /// <summary>Fetches up to <paramref name="records"/> records as the client would: seeks when asked, nothing while paused, an end at the end.</summary>
    public void Fetch(int records)
    {
        if (Reader.SeekTo >= 0)
        {
            var offset = Reader.SeekTo;
            _position = _log.FindIndex(record => record.Offset >= offset);
            _position = _position < 0 ? _log.Count : _position;
            Reader.Sought();
        }

        // A client that has been told to pause still hands over what it had taken out of its queue.
        for (; records > 0 && _position < _log.Count; records--, _position++)
        {
            Deliver(_log[_position]);
        }

        if (_position == _log.Count && Reader.IsFetching)
        {
            Reader.Drained((_log.Count == 0 ? 0 : _log[^1].Offset + 1) + Controls);
        }

        Collect();
    }

    /// <summary>The client delivers one record, wanted or not.</summary>
    public void Deliver(LogRecord record)
    {
        var value = new byte[record.Schema is null ? 8 : WireFormat.HeaderLength + 8];
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(^8..), record.Offset);
        if (record.Schema is { } schema)
        {
            BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(1), schema);
        }

        Reader.Add(record.Offset, record.Timestamp, value, false, Now);
    }

    /// <summary>Time passes.</summary>
    public void Tick(long milliseconds)
    {
        Now += milliseconds;
        Reader.Tick(Now);
        Collect();
    }

    /// <summary>The history acknowledges the oldest sealed chunk.</summary>
    public void SettleOne()
    {
        if (Unsettled.TryDequeue(out var batch))
        {
            Tracker.Settled(batch.Chunk, batch.LastOffset, isSealed: true);
        }
    }

    /// <summary>Reads the log to its end, settling at once.</summary>
    public void ReadAll(int fetch = 1_000)
    {
        do
        {
            Fetch(fetch);
            while (Unsettled.Count > 0)
            {
                SettleOne();
            }

            Tick(1);
        }
        while (Reader.State != ReaderState.Halted && !Reader.IsDrained);
    }

    /// <summary>The offset that has been committed, as a new owner would find it.</summary>
    public long? Committed()
    {
        var commits = new List<(string Topic, int Partition, long Offset)>();
        Tracker.AddCommits(commits);
        return commits.Count == 0 ? null : commits[0].Offset;
    }

    public void Collect()
    {
        while (_output.TryDequeue(out var batch))
        {
            Batches.Add(batch);
            if (batch.WarmUp)
            {
                continue;
            }

            Assert.False(Sealed.ContainsKey(batch.Chunk.Id), "a batch came after its chunk was sealed");
            if (!Counted.TryGetValue(batch.Chunk.Id, out var offsets))
            {
                Counted[batch.Chunk.Id] = offsets = [];
            }

            for (var row = 0; row < batch.Count; row++)
            {
                Assert.Equal(batch.Offsets[row], BinaryPrimitives.ReadInt64LittleEndian(batch.Bytes.AsSpan(batch.Starts[row] + batch.Lengths[row] - 8, 8)));
                offsets.Add(batch.Offsets[row]);
            }

            if (batch.Flush.HasFlag(Flush.Seal))
            {
                Sealed[batch.Chunk.Id] = batch.LastOffset;
                Unsettled.Enqueue(batch);
            }
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        _metrics.Dispose();
    }
}
