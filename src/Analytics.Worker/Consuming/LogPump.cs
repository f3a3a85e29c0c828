using Analytics.Core.Chunks;
using Analytics.Storage;
using Analytics.Worker.Configuring;
using Confluent.Kafka;

namespace Analytics.Worker.Consuming;

/// <summary>Moves records from Kafka into the graph: polls, lets the readers cut batches, sends these on, pauses when the graph is full, commits what is sealed.</summary>
/// <remarks>
/// One loop does it all, so readers need no locks; rebalances run inside its poll. It never stops polling, or the group would take its partitions away:
/// a send that the graph does not accept within <see cref="ConsumingOptions.PauseAfter"/> pauses the partitions instead.
/// </remarks>
internal sealed class LogPump : IConsumerEvents, IDisposable
{
    private readonly ConsumingOptions _options;
    private readonly ChunkTracker _tracker;
    private readonly Pool<RawBatch> _pool;
    private readonly Sink<RawBatch> _sink;
    private readonly TimeProvider _time;
    private readonly WorkerMetrics _metrics;
    private readonly ILogger _log;
    private readonly IEventConfigs? _configs;
    private readonly ITakeOvers? _takeOvers;
    private readonly ISchemaGate? _schemas;
    private readonly ILogClient _consumer;
    private readonly StartFinder _finder;
    private readonly BorderCommits _commits;
    private readonly TopicWatch _watch;
    private readonly Queue<RawBatch> _output = new();
    private readonly Dictionary<string, ChunkLimits> _limits = new(StringComparer.Ordinal);

    // In order of arrival. Replaced by the polling thread, never changed, so that other threads may look at any time.
    private volatile Seat[] _seats = [];

    private Task? _sending;
    private long? _heldSince;

    /// <summary>Makes the consumer; <see cref="RunAsync"/> joins the group.</summary>
    public LogPump(
        KafkaAddress address, ConsumingOptions options, ILedgerReader ledger, ChunkTracker tracker, Pool<RawBatch> pool, Sink<RawBatch> sink,
        TimeProvider time, WorkerMetrics metrics, ILogger<LogPump> log, IEventConfigs? configs = null, ITakeOvers? takeOvers = null, ISchemaGate? schemas = null)
        : this(events => new BatchConsumer(address, options, events), options, ledger, tracker, pool, sink, time, metrics, log, configs, takeOvers, schemas)
    {
    }

    /// <summary>A pump over another client of the log.</summary>
    internal LogPump(
        Func<IConsumerEvents, ILogClient> client, ConsumingOptions options, ILedgerReader ledger, ChunkTracker tracker, Pool<RawBatch> pool, Sink<RawBatch> sink,
        TimeProvider time, WorkerMetrics metrics, ILogger<LogPump> log, IEventConfigs? configs = null, ITakeOvers? takeOvers = null, ISchemaGate? schemas = null)
    {
        (_options, _tracker, _pool, _sink, _time, _metrics, _log) = (options, tracker, pool, sink, time, metrics, log);
        (_configs, _takeOvers, _schemas) = (configs, takeOvers, schemas);
        _consumer = client(this);
        _finder = new StartFinder(_consumer, ledger, options, new Retry(time, Environment.ProcessId, log));
        _commits = new BorderCommits(_consumer, tracker, time, log);
        _watch = new TopicWatch(_finder.EpochAsync, options, time);
        metrics.ObserveQueues(() => sink.Occupancy);
        metrics.ObservePartitions(Partitions);
    }

    /// <summary>The partitions that are ours, what each does, and why it has halted, or what it waits for where that is not the stores.</summary>
    public IEnumerable<(string Topic, int Partition, ReaderState State, string? Problem)> States =>
        _seats.Select(seat => (seat.Reader.Topic, seat.Reader.Partition, seat.Reader.State, seat.Reader.Problem ?? seat.Reader.Wait));

    /// <summary>Why nothing that was read can be confirmed, and so written, for now; null where it can.</summary>
    public Outage? Outage => _watch.Outage;

    /// <summary>Reads until <paramref name="stopping"/>, then writes what was read, commits what is sealed and leaves the group.</summary>
    /// <exception cref="FlowFailedException">A step of the graph has failed.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        await StartAsync(stopping).ConfigureAwait(false);
        while (!stopping.IsCancellationRequested)
        {
            await TurnAsync().ConfigureAwait(false);
        }

        await StopAsync().ConfigureAwait(false);
    }

    /// <summary>Joins the group, once the limits of chunks are known to be right.</summary>
    internal async Task StartAsync(CancellationToken stopping)
    {
        foreach (var topic in _options.TopicNames)
        {
            _limits[topic] = await _finder.LimitsAsync(topic, stopping).ConfigureAwait(false);
        }

        _consumer.Subscribe(_options.TopicNames);
    }

    /// <summary>One turn of the loop: a poll, and all that follows from it.</summary>
    internal async ValueTask TurnAsync()
    {
        _consumer.Poll(_options.BatchWait, Now);
        foreach (var seat in _watch.Recreated(_seats))
        {
            Log.Recreated(_log, seat.Reader.Topic, seat.Reader.Partition);
            seat.Restart();
        }

        foreach (var seat in _seats)
        {
            Attend(seat);
            seat.Reader.Tick(Now);
        }

        await SendAsync().ConfigureAwait(false);
        _commits.Start();
    }

    /// <inheritdoc/>
    public PartitionReader? ReaderOf(string topic, int partition) => SeatOf(topic, partition)?.Reader;

    /// <inheritdoc/>
    public void OutOfRange(string topic, int partition)
    {
        if (SeatOf(topic, partition) is { } seat)
        {
            Log.Restarts(_log, topic, partition);
            seat.IsStopped = true;
            seat.Restart();
        }
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var at in partitions)
        {
            Leave(at);
            var reader = new PartitionReader(at.Topic, at.Partition.Value, _options, _tracker, _pool, _output, _configs, _schemas, _watch)
            {
                Limits = _limits[at.Topic],
                Strand = Seat.FreeStrand(_seats),
            };
            if (_heldSince is not null)
            {
                reader.Hold();
            }

            _seats = [.. _seats, new Seat(reader, _time.GetUtcNow().ToUnixTimeMilliseconds())];
        }
    }

    /// <inheritdoc/>
    public void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        _commits.CommitNow(partitions);
        Lost(partitions);
    }

    /// <inheritdoc/>
    public void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var at in partitions)
        {
            Leave(at);
        }
    }

    /// <inheritdoc/>
    public void Trouble(string what) => Log.Kafka(_log, what);

    /// <summary>Leaves the group.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        _commits.End();
        _consumer.Dispose();
        foreach (var seat in _seats)
        {
            seat.Dispose();
        }
    }

    private long Now => (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds;

    private Seat? SeatOf(string topic, int partition) => Array.Find(_seats, seat => seat.Reader.Partition == partition && seat.Reader.Topic == topic);

    private void Leave(TopicPartition at)
    {
        if (SeatOf(at.Topic, at.Partition.Value) is { } seat)
        {
            _seats = [.. _seats.Where(other => other != seat)];
            seat.Dispose();
            Log.Gone(_log, at.Topic, at.Partition.Value);
        }
    }

    /// <summary>Does what the reader wants of the client, as far as it can be done now.</summary>
    private void Attend(Seat seat)
    {
        var reader = seat.Reader;
        if (reader.State == ReaderState.Resuming)
        {
            FindStart(seat);
        }

        if (reader.IsFetching)
        {
            if (reader.SeekTo >= 0 && TrySeek(seat))
            {
                reader.Sought();
            }

            if (seat.IsPaused != false && reader.SeekTo < 0)
            {
                _consumer.Resume(reader.Topic, reader.Partition);
                seat.IsPaused = false;
            }
        }
        else if (seat.IsPaused != true && reader.State is ReaderState.Paused or ReaderState.Halted)
        {
            _consumer.Pause(reader.Topic, reader.Partition);
            seat.IsPaused = true;
        }

        if (reader.Problem is { } problem && !seat.IsReported)
        {
            seat.IsReported = true;
            Log.Halted(_log, reader.Topic, reader.Partition, problem);
        }

        for (; seat.Holes < reader.Holes; seat.Holes++)
        {
            _metrics.Hole();
        }
    }

    private bool TrySeek(Seat seat)
    {
        var (reader, offset) = (seat.Reader, seat.Reader.SeekTo);
        if (!seat.IsStopped)
        {
            return _consumer.TrySeek(reader.Topic, reader.Partition, offset);
        }

        _consumer.Reassign(reader.Topic, reader.Partition, offset);
        (seat.IsStopped, seat.IsPaused) = (false, null);
        return true;
    }

    private void FindStart(Seat seat)
    {
        var reader = seat.Reader;
        seat.Finding ??= _finder.FindAsync(reader.Topic, reader.Partition, seat.Lost.Token);
        if (seat.Finding.IsCompleted)
        {
            var start = seat.Finding.GetAwaiter().GetResult();
            (seat.Finding, seat.Epoch) = (null, start.Epoch);
            Log.Starts(_log, reader.Topic, reader.Partition, start.At, start.WarmFrom, start.KnownIds.Count);
            reader.Begin(start);
            _takeOvers?.TakenOver(start.Epoch, reader.Topic, reader.Partition, start.Problem is null ? start.At : 0);
            if (start.Older is { } older)
            {
                // Nobody reads that log again, its open chunk neither.
                _takeOvers?.TakenOver(older.Epoch, reader.Topic, reader.Partition, older.End);
            }
        }
    }

    /// <summary>Sends what the readers have cut, until the graph does not take it at once; then pauses, and polls on.</summary>
    private async ValueTask SendAsync()
    {
        while (true)
        {
            if (_sending is { } sending)
            {
                if (!sending.IsCompleted && _heldSince is null)
                {
                    using var over = new CancellationTokenSource();
                    await Task.WhenAny(sending, Task.Delay(_options.PauseAfter, _time, over.Token)).ConfigureAwait(false);
                    await over.CancelAsync().ConfigureAwait(false);
                }

                if (!sending.IsCompleted)
                {
                    HoldAll();
                    return;
                }

                await sending.ConfigureAwait(false);
                _sending = null;
            }

            if (!_output.TryDequeue(out var batch))
            {
                break;
            }

            Send(batch);
        }

        if (_sink.Completion.IsFaulted)
        {
            await _sink.Completion.ConfigureAwait(false);
        }

        if (_heldSince is not null && _sink.IsHalfEmpty)
        {
            ReleaseAll();
        }
    }

    private void Send(RawBatch batch)
    {
        if (batch.Chunk.Lost.IsCancellationRequested)
        {
            _pool.Return(batch);
            return;
        }

        if (batch.WarmUp)
        {
            _metrics.Replayed(batch.Count);
        }
        else
        {
            _metrics.Read(batch.Chunk.Id.Topic, batch.Count);
        }

        _sending = _sink.SendAsync(batch);
    }

    private void HoldAll()
    {
        if (_heldSince is not null)
        {
            return;
        }

        _heldSince = _time.GetTimestamp();
        Log.Pauses(_log);
        foreach (var seat in _seats)
        {
            seat.Reader.Hold();
        }
    }

    private void ReleaseAll()
    {
        var paused = _time.GetElapsedTime(_heldSince!.Value);
        _heldSince = null;
        _metrics.Paused(paused);
        Log.Resumes(_log, paused.TotalSeconds);
        foreach (var seat in _seats)
        {
            seat.Reader.Release();
        }
    }

    /// <summary>Writes what was read, commits what is sealed.</summary>
    internal async Task StopAsync()
    {
        Log.Stopping(_log);
        using var limit = new CancellationTokenSource(_options.StopWithin, _time);
        try
        {
            await DrainAsync().WaitAsync(limit.Token).ConfigureAwait(false);
            Log.Stopped(_log);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested)
        {
            Log.StoppedEarly(_log, _options.StopWithin.TotalSeconds);
            _sink.Fail(late);
        }

        await _commits.FinishAsync().ConfigureAwait(false);
    }

    private async Task DrainAsync()
    {
        foreach (var seat in _seats)
        {
            seat.Reader.Finish();
        }

        await (_sending ?? Task.CompletedTask).ConfigureAwait(false);
        while (_output.TryDequeue(out var batch))
        {
            Send(batch);
            await (_sending ?? Task.CompletedTask).ConfigureAwait(false);
        }

        _sink.Complete();
        await _sink.Completion.ConfigureAwait(false);
    }

    private IEnumerable<(string Topic, int Partition, double LagSeconds, int Halted)> Partitions()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return _seats.Select(seat => (seat.Reader.Topic, seat.Reader.Partition, seat.LagSeconds(now), seat.Reader.State == ReaderState.Halted ? 1 : 0));
    }
}
