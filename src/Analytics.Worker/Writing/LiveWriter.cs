using System.Collections.Concurrent;
using System.Threading.Channels;
using Analytics.Storage;
using Analytics.Storage.Redis;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;
using StackExchange.Redis;

namespace Analytics.Worker.Writing;

/// <summary>Writes the live figures to Redis, beside the history: it never makes anyone wait.</summary>
/// <remarks>
/// Flushes are merged into <see cref="LivePending"/> in their order, each once the log is confirmed that it was read from, and sent by another thread, all that waits at once. Redis away: they wait, conflated, up
/// to a limit; beyond it they are dropped and the figures marked stale when Redis is back. Redis back without its memory, or without the last writes: the
/// figures are stale, the chunks that ClickHouse does not have whole are sent again, and <see cref="LiveRebuild"/> brings the others. Parts are absolute
/// and versioned, so sending one again changes nothing. What an owner before this one has not sent of chunks that it sealed is missing as well, which shows
/// when the partition is taken over (<see cref="LiveState"/>).
/// </remarks>
internal sealed class LiveWriter : IWriter<LaneOutput>, ITakeOvers, IDisposable
{
    // A look takes milliseconds; while none is answered, little is read that could be flushed.
    private const int Unconfirmed = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ILiveStore _counts;
    private readonly WritingOptions _options;
    private readonly TimeProvider _time;
    private readonly WorkerMetrics _metrics;
    private readonly ILogger<LiveWriter> _log;
    private readonly FlushGathering _gathering;
    private readonly LivePending _pending;
    private readonly StoreState _state;
    private readonly Channel<GatheredFlush> _gathered = Channel.CreateBounded<GatheredFlush>(new BoundedChannelOptions(Unconfirmed) { SingleReader = true, SingleWriter = true });
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentQueue<(LivePartition Partition, long Start)> _takenOver = [];
    private readonly CancellationTokenSource _ended;
    private readonly Task _adding;
    private readonly Task _sending;
    private string? _incarnation;

    /// <summary>A writer that waits for outputs.</summary>
    /// <param name="counts">The store.</param>
    /// <param name="lanes">Lanes, the raw lane included.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock: what is too old for Redis, and waits.</param>
    /// <param name="metrics">Told of each write.</param>
    /// <param name="log">Told when Redis goes and comes.</param>
    public LiveWriter(ILiveStore counts, int lanes, WritingOptions options, TimeProvider time, WorkerMetrics metrics, ILogger<LiveWriter> log)
    {
        (_counts, _options, _time, _metrics, _log) = (counts, options, time, metrics, log);
        _gathering = new FlushGathering(lanes);
        _pending = new LivePending(options.LivePending);
        _state = new StoreState(time);
        _ended = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _adding = Task.Run(AddAllAsync);
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>What Redis was last seen to refuse or not to answer; null when the last write was taken. Any thread.</summary>
    public Outage? Outage => _state.Outage;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
    {
        if (_gathering.Add(output) is not { } flush || !flush.Flush.HasFlag(Flush.Live))
        {
            return;
        }

        if (_sending.IsFaulted || _adding.IsFaulted)
        {
            await (_sending.IsFaulted ? _sending : _adding).ConfigureAwait(false);
        }

        await _gathered.Writer.WriteAsync(flush, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void TakenOver(ulong epoch, string topic, int partition, long start)
    {
        if (start > 0)
        {
            _takenOver.Enqueue((new LivePartition(epoch, topic, partition), start));
            Look();
        }
    }

    /// <summary>Looks whether Redis still has what it was given, also while there is no traffic. Any thread.</summary>
    public void Look() => _signal.Writer.TryWrite(true);

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        _gathered.Writer.TryComplete();
        await _adding.WaitAsync(cancellation).ConfigureAwait(false);
        _signal.Writer.TryComplete();
        // A Redis that is away does not hold up the end: what it has not got, it gets from ClickHouse.
        _ended.CancelAfter(Pause);
        await _sending.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>After the last call.</summary>
    public void Dispose() => _ended.Dispose();

    private async Task AddAllAsync()
    {
        await foreach (var flush in _gathered.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await flush.Confirmed.ConfigureAwait(false);
            if (!flush.Chunk.IsLost)
            {
                _pending.Add(flush, (_time.GetUtcNow() - TimeSpan.FromHours(_options.LiveHours)).ToUnixTimeSeconds() / 60);
                Look();
            }
        }
    }

    private async Task SendAllAsync()
    {
        while (await _signal.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _signal.Reader.TryRead(out _);
            while (!await TrySendAsync().ConfigureAwait(false) && !_ended.IsCancellationRequested)
            {
                await Task.Delay(Pause, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // Where the topic is recreated while nobody runs, nobody reads the open chunks again: who comes then has to know that they are here.
        if (Outage is null)
        {
            await TrySendAsync(isLast: true).ConfigureAwait(false);
        }
    }

    private async Task<bool> TrySendAsync(bool isLast = false)
    {
        var started = _time.GetTimestamp();
        IReadOnlyCollection<LiveVisitor> visitors = [];
        try
        {
            _pending.NoteSettled();
            await CheckIncarnationAsync().ConfigureAwait(false);
            await CheckTakenOverAsync().ConfigureAwait(false);
            (var parts, visitors) = _pending.Take(isLast);
            if (parts.Count > 0 || visitors.Count > 0)
            {
                await SendAsync(parts, visitors).ConfigureAwait(false);
                _metrics.Written("live", "ok", _time.GetElapsedTime(started));
            }

            foreach (var (partition, end) in _pending.Reached)
            {
                await _counts.ReachAsync(partition, end, _incarnation!).ConfigureAwait(false);
            }

            _pending.Arrived();
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            _pending.Failed(visitors);
            _metrics.Written("live", _pending.HasDropped ? "dropped" : "retry", _time.GetElapsedTime(started));
            if (Outage is null)
            {
                Log.LiveAway(_log, failure.Message);
            }

            _state.IsAway(failure.Message);
            return false;
        }

        if (Outage is not null)
        {
            Log.LiveBack(_log);
        }

        _state.IsBack();
        return true;
    }

    // The parts last: their acknowledgement stands for the users as well.
    private async Task SendAsync(IReadOnlyList<LivePart> parts, IReadOnlyCollection<LiveVisitor> visitors)
    {
        var now = _time.GetUtcNow();
        await Task.WhenAll(_counts.AddVisitorsAsync(visitors, now), _counts.WriteAsync(parts)).ConfigureAwait(false);
        await _counts.PublishAsync(parts.Select(part => part.Tenant).Distinct()).ConfigureAwait(false);
        Report(parts, now);
    }

    private async Task CheckIncarnationAsync()
    {
        var given = Guid.NewGuid().ToString("N");
        var incarnation = await _counts.IncarnationAsync(given).ConfigureAwait(false);
        var isLost = _incarnation is not null && incarnation != _incarnation;
        if (isLost)
        {
            _pending.StartAnew();
            if (incarnation != given)
            {
                // Another worker has noticed before, and what was rebuilt since may have been read before ClickHouse had what this one no longer holds.
                await _counts.MarkStaleAsync(true).ConfigureAwait(false);
            }
        }

        if (_pending.HasDropped)
        {
            await _counts.MarkStaleAsync(true).ConfigureAwait(false);
            _pending.ForgiveDropped();
            isLost = true;
        }

        if (isLost)
        {
            Log.LiveStale(_log);
        }

        _incarnation = incarnation;
    }

    private async Task CheckTakenOverAsync()
    {
        while (_takenOver.TryPeek(out var taken))
        {
            if (!await _counts.TakeOverAsync(taken.Partition, taken.Start).ConfigureAwait(false))
            {
                Log.LiveTakenOverStale(_log, taken.Partition.Topic, taken.Partition.Partition, taken.Start);
            }

            _takenOver.TryDequeue(out _);
        }
    }

    // How old the newest minute is when it can be read.
    private void Report(IReadOnlyList<LivePart> parts, DateTimeOffset now)
    {
        if (parts.Count > 0)
        {
            var newest = DateTimeOffset.FromUnixTimeSeconds(parts.Max(part => part.Minute) * 60L + 60);
            _metrics.Queryable("live", now > newest ? now - newest : TimeSpan.Zero);
        }
    }
}
