using Analytics.Core.Chunks;
using Analytics.Worker.Configuring;

namespace Analytics.Worker.Consuming;

/// <summary>Turns the records of one partition into batches of chunks: warms up, cuts at borders, flushes, pauses, halts. The worker's state machine.</summary>
/// <remarks>
/// <para>Pure and synchronous: records, ends, ticks and holds go in; batches come out in <c>output</c>, and <see cref="IsFetching"/> and
/// <see cref="SeekTo"/> say what the client should do, again and again until it has done it (<see cref="Sought"/>). The same log gives the same chain of
/// chunks however it is fetched, from whatever border it starts.</para>
/// <para>One thread. <c>now</c> is any monotonic clock in milliseconds.</para>
/// </remarks>
internal sealed class PartitionReader(
    string topic, int partition, ConsumingOptions options, ChunkTracker tracker, Pool<RawBatch> pool, Queue<RawBatch> output, IEventConfigs? configs = null,
    ISchemaGate? schemas = null, TopicWatch? watch = null) : IDisposable
{
    private const long Never = long.MaxValue;
    private const long Nothing = -1;

    private readonly long _batchWait = (long)options.BatchWait.TotalMilliseconds;
    private readonly long _liveEvery = (long)options.LiveEvery.TotalMilliseconds;
    private readonly long _historyEvery = (long)options.HistoryEvery.TotalMilliseconds;
    private readonly Admission _admission = new(topic, partition, options, tracker, configs, schemas);

    private ReaderState _state = ReaderState.Resuming;
    private CancellationTokenSource _lost = new();
    private bool _isHeld;

    private Start _start = new(0, 0, 0, []);
    private Chunk? _chunk;
    private RawBatch? _batch;
    private long _next;
    private long _last = Nothing;
    private long _suspect = Nothing;
    private long _skipped;
    private long _gap;
    private long _bytes;

    private long _cutDue = Never;
    private long _liveDue = Never;
    private long _historyDue = Never;
    private int _sinceHistory;

    /// <summary>The Kafka topic.</summary>
    public string Topic { get; } = topic;

    /// <summary>The Kafka partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>See <see cref="Chunk.Strand"/>.</summary>
    public int Strand { get; init; }

    /// <summary>Where chunks end.</summary>
    public ChunkLimits Limits { get; init; } = options.ChunkLimits;

    /// <summary>What it does now.</summary>
    public ReaderState State => _state is ReaderState.Warming or ReaderState.Running && (_isHeld || _admission.IsWaiting) ? ReaderState.Paused : _state;

    /// <summary>Why it has halted: for people.</summary>
    public string? Problem { get; private set; }

    /// <summary>What its next record waits for, where that is not the stores: for people.</summary>
    public string? Wait => _admission.Reason;

    /// <summary>True when the client should fetch; false when it should pause.</summary>
    public bool IsFetching => State is ReaderState.Warming or ReaderState.Running;

    /// <summary>The offset that the client has to fetch from next; -1 when it need not seek. What comes before <see cref="Sought"/> is dropped.</summary>
    public long SeekTo { get; private set; } = Nothing;

    /// <summary>Kafka timestamp of the last record, Unix milliseconds; 0 before the first.</summary>
    public long LastTimestamp { get; private set; }

    /// <summary>True when the last fetch proved that nothing is left to read.</summary>
    public bool IsDrained { get; private set; }

    /// <summary>Gaps in the log that a second read has confirmed.</summary>
    public int Holes { get; private set; }

    /// <summary>The start is known.</summary>
    public void Begin(Start start)
    {
        if (_state != ReaderState.Resuming)
        {
            return;
        }

        _start = start;
        if (start.Problem is { } problem)
        {
            Halt(problem);
            return;
        }

        // Not a chunk that is counted: it names the records before the start, and its first batch brings the ids of an older log.
        _chunk = new Chunk(new ChunkId(start.Epoch, Topic, Partition, start.WarmFrom), 0, 0, _lost.Token) { KnownIds = start.KnownIds, Strand = Strand };
        if (start.KnownIds.Count > 0)
        {
            _batch = Rent(warmUp: true);
            Cut(Flush.None);
        }

        _next = start.WarmFrom;
        _state = ReaderState.Warming;
        SeekTo = _next;
        if (start.WarmFrom == start.At)
        {
            Run();
        }
    }

    /// <summary>The client has sought <see cref="SeekTo"/>: the records that follow start there.</summary>
    public void Sought() => SeekTo = Nothing;

    /// <summary>A record was fetched.</summary>
    public void Add(long offset, long timestamp, ReadOnlySpan<byte> value, bool isTombstone, long now)
    {
        // Below the next offset: the client delivered it again, which it may. Sought elsewhere, paused, halted: it comes again when it is wanted.
        if (SeekTo != Nothing || offset < _next || !IsFetching)
        {
            return;
        }

        var skipped = offset - _next;
        if (skipped != 0 && !IsHole(offset))
        {
            return;
        }

        if (_state == ReaderState.Warming)
        {
            if (offset < _start.At)
            {
                Append(offset, timestamp, value, isTombstone || _start.Unread.Contains(offset), now);
                return;
            }

            Run();
        }

        // A record that had to wait may have opened its chunk before.
        _gap += skipped;
        if (_chunk is { } open && open.Id.FirstOffset != offset && ChunkBorder.Opens(offset, timestamp, _last, open.FirstTimestamp, _bytes, Limits))
        {
            // Of this chunk as well: what lies before the first record of an owner stands in the row of the chunk before.
            _skipped += _gap;
            Cut(Flush.Seal);
            _chunk = null;
        }

        if (_chunk is not null || Open(offset, timestamp))
        {
            Append(offset, timestamp, value, isTombstone, now);
        }
    }

    /// <summary>A fetch proved that the log ends before <paramref name="end"/> at the moment. Records that should stand before it are read for again, as at any jump.</summary>
    public void Drained(long end)
    {
        if (SeekTo != Nothing || !IsFetching || (end > _next && !IsConfirmed(end)))
        {
            return;
        }

        if (_state == ReaderState.Warming && end >= _start.At)
        {
            Run();
        }

        // A gap that no record may cross is no end.
        IsDrained = end >= _next && end - _next <= options.LargestHole;
    }

    /// <summary>Time has passed: hands on what has waited long enough, and wakes up when what it waits for is there.</summary>
    public void Tick(long now)
    {
        if (_isHeld || _state is not (ReaderState.Running or ReaderState.Warming))
        {
            return;
        }

        if (_admission.IsWaiting && _admission.IsOver())
        {
            SeekTo = _next;
        }

        var flush = (now >= _liveDue ? Flush.Live : Flush.None)
            | (now >= _historyDue || _sinceHistory >= options.HistoryRecords ? Flush.History : Flush.None);
        if (flush != Flush.None || now >= _cutDue)
        {
            Cut(flush);
        }
    }

    /// <summary>The graph is full: stand still.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>The graph has room again.</summary>
    public void Release()
    {
        if (!_isHeld)
        {
            return;
        }

        _isHeld = false;
        if (_state is ReaderState.Running or ReaderState.Warming)
        {
            SeekTo = _next;
        }
    }

    /// <summary>The worker stops: hands on all that was read, to be written as an open chunk.</summary>
    public void Finish()
    {
        if (_state == ReaderState.Running && (_liveDue != Never || _historyDue != Never))
        {
            Cut(Flush.Live | Flush.History);
        }

        _state = ReaderState.Unowned;
    }

    /// <summary>The log no longer holds the offset that was asked for: finds the start anew, which tells a new log from lost records.</summary>
    public void Restart()
    {
        if (_state is ReaderState.Unowned or ReaderState.Halted)
        {
            return;
        }

        Drop();
        _lost = new CancellationTokenSource();
        _state = ReaderState.Resuming;
    }

    /// <summary>The partition is another worker's now: what is not sealed is theirs to count.</summary>
    public void Dispose()
    {
        Drop();
        _state = ReaderState.Unowned;
    }

    private void Run()
    {
        if (_batch is { Count: > 0 })
        {
            Cut(Flush.None);
        }

        _chunk = null;
        _next = _start.At;
        _state = ReaderState.Running;
        (_liveDue, _historyDue, _sinceHistory, _gap) = (Never, Never, 0, 0);
    }

    // A client may skip records by mistake, a log may not: the same jump after a second read is the log's own (control records of transactions).
    private bool IsHole(long offset)
    {
        if (!IsConfirmed(offset))
        {
            return false;
        }

        if (offset - _next > options.LargestHole)
        {
            Halt($"Expected offset {_next}, found {offset} twice: {offset - _next} records are missing, more than the {options.LargestHole} of "
                + $"Consuming:LargestHole. Check the topic's retention and compaction. To accept the gap, stop the workers of the group, commit {offset} for it, and restart the workers.");
            return false;
        }

        Holes++;
        return true;
    }

    // False at the first look, and then the client is sent back.
    private bool IsConfirmed(long jumpTo)
    {
        if (_suspect == jumpTo)
        {
            return true;
        }

        (_suspect, SeekTo) = (jumpTo, _next);
        return false;
    }

    private bool Open(long offset, long timestamp)
    {
        if (!_admission.MayOpen(timestamp, out var active))
        {
            (_next, IsDrained) = (offset, false);
            return false;
        }

        if (active.Problem is { } problem)
        {
            Halt(problem);
            return false;
        }

        (_skipped, _gap, _bytes) = (0, 0, 0);
        _chunk = new Chunk(new ChunkId(_start.Epoch, Topic, Partition, offset), timestamp, active.Version, _lost.Token) { Strand = Strand, Watch = watch };
        tracker.Opened(_chunk);
        return true;
    }

    private void Append(long offset, long timestamp, ReadOnlySpan<byte> value, bool isTombstone, long now)
    {
        if (!isTombstone && !_admission.MayRead(_chunk!, value, _state == ReaderState.Warming))
        {
            (_next, IsDrained) = (offset, false);
            return;
        }

        if (_batch is { Count: > 0 } full && full.Size + value.Length > options.BatchBytes)
        {
            Cut(Flush.None);
        }

        _batch ??= Rent(_state == ReaderState.Warming);
        if (_batch.Count == 0)
        {
            _cutDue = now + _batchWait;
        }

        _batch.Add(offset, timestamp, value, isTombstone);
        (_bytes, _skipped, _gap) = (_bytes + value.Length, _skipped + _gap, 0);
        (_last, _next, _suspect, LastTimestamp, IsDrained) = (offset, offset + 1, Nothing, timestamp, false);
        if (_state == ReaderState.Running)
        {
            _sinceHistory++;
            _liveDue = _liveDue == Never ? now + _liveEvery : _liveDue;
            _historyDue = _historyDue == Never ? now + _historyEvery : _historyDue;
        }

        if (_batch.Count >= options.BatchRecords)
        {
            Cut(Flush.None);
        }
    }

    private RawBatch Rent(bool warmUp)
    {
        var batch = pool.Rent();
        batch.Begin(_chunk!, warmUp);
        return batch;
    }

    private void Cut(Flush flush)
    {
        var batch = _batch ?? Rent(warmUp: false);
        (batch.Flush, batch.Confirmed) = (flush, flush == Flush.None ? Task.CompletedTask : batch.Chunk.ConfirmAsync());
        batch.LastOffset = batch.WarmUp && batch.Count == 0 ? Nothing : _last;
        batch.Skipped = _skipped;
        output.Enqueue(batch);
        _batch = null;
        _cutDue = Never;
        if (flush.HasFlag(Flush.Live))
        {
            _liveDue = Never;
        }

        if (flush.HasFlag(Flush.History))
        {
            (_historyDue, _sinceHistory) = (Never, 0);
        }
    }

    private void Halt(string problem)
    {
        if (_historyDue != Never)
        {
            Cut(Flush.Live | Flush.History);
        }

        Problem = problem;
        _state = ReaderState.Halted;
    }

    private void Drop()
    {
        if (!_lost.IsCancellationRequested)
        {
            _lost.Cancel();
            _lost.Dispose();
        }

        if (_batch is { } batch)
        {
            pool.Return(batch);
        }

        tracker.Forget(Topic, Partition);
        (_batch, _chunk, _last, _suspect, SeekTo) = (null, null, Nothing, Nothing, Nothing);
        (_cutDue, _liveDue, _historyDue, _sinceHistory) = (Never, Never, Never, 0);
        (_gap, IsDrained) = (0, false);
        _admission.Clear();
    }
}
