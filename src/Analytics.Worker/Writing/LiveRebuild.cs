using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Redis;
using Analytics.Worker.Windowing;
using StackExchange.Redis;

namespace Analytics.Worker.Writing;

/// <summary>Brings back to Redis what it has lost: from ClickHouse, while counting goes on, by one worker of all.</summary>
/// <remarks>
/// <para>Each worker looks every second. Where the figures are stale, one takes the lease; it ends by itself with the worker, and another begins again, which
/// is harmless: everything is written as parts with versions, so what is there already, or is newer, stays.</para>
/// <para>Nothing is missing afterwards: a chunk is whole in ClickHouse, or its owner still holds its figures and sends them when it notices the loss, within a
/// second (<see cref="LivePending"/>). What both bring meets in one part, where the higher offset wins. The mark of the loss is taken away only
/// when no other loss has come meanwhile.</para>
/// </remarks>
internal sealed class LiveRebuild(
    LiveCounts counts, LiveHistory history, LiveWriter writer, WritingOptions options, WindowingOptions windowing, TimeProvider time, WorkerMetrics metrics,
    ILogger<LiveRebuild> log)
{
    // About 3 MB of commands: enough to hide the way to Redis, little enough for a worker that has other things to do.
    private const int Piece = 10_000;
    private const int PiecesPerLine = 50;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly string _name = Guid.NewGuid().ToString("N");
    private readonly TimeSpan _lease = TimeSpan.FromSeconds(options.LiveLeaseSeconds);
    private volatile bool _isStale;

    /// <summary>Looks and rebuilds until <paramref name="cancellation"/>. Once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        metrics.ObserveStale(() => _isStale);
        await Task.WhenAll(
            EverySecondAsync(() => { writer.Look(); return Task.CompletedTask; }, cancellation),
            EverySecondAsync(() => TurnAsync(cancellation), cancellation)).ConfigureAwait(false);
    }

    private async Task EverySecondAsync(Func<Task> turn, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await turn().ConfigureAwait(false);
            await Task.Delay(Every, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TurnAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        try
        {
            var loss = await counts.State.StaleAsync().ConfigureAwait(false);
            _isStale = loss is not null;
            if (loss is not null && await counts.State.TryLeadAsync(_name, _lease).ConfigureAwait(false))
            {
                await LeadAsync(loss, started, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ClickHouseException)
        {
            // A statement that ClickHouse refuses (out of memory, say) is tried again as well: live figures never hold up the history.
            if (_isStale)
            {
                Log.LiveRebuildBroken(log, failure.Message);
                metrics.Rebuilt("again", time.GetElapsedTime(started));
            }
        }
    }

    private async Task LeadAsync(string loss, long started, CancellationToken cancellation)
    {
        using var led = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var staying = StayAsync(led);
        try
        {
            var isDone = await RebuildAsync(loss, started, led.Token).ConfigureAwait(false);
            metrics.Rebuilt(isDone ? "done" : "left", time.GetElapsedTime(started));
            _isStale = !isDone;
        }
        catch (OperationCanceledException) when (led.IsCancellationRequested)
        {
            metrics.Rebuilt("left", time.GetElapsedTime(started));
        }
        finally
        {
            await led.CancelAsync().ConfigureAwait(false);
            await staying.ConfigureAwait(false);
            await counts.State.LeaveAsync(_name).ConfigureAwait(false);
        }
    }

    // Renews the lease while the rebuild runs; where it is lost, so is the rebuild's right to go on.
    private async Task StayAsync(CancellationTokenSource led)
    {
        while (true)
        {
            await Task.Delay(_lease / 5, time, led.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (led.IsCancellationRequested)
            {
                return;
            }

            try
            {
                if (!await counts.State.TryStayAsync(_name, _lease).ConfigureAwait(false))
                {
                    await led.CancelAsync().ConfigureAwait(false);
                }
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                // The rebuild itself meets it, or the next renewal finds the lease gone.
                Log.Retrying(log, "renew the lease of the rebuild", failure.Message);
            }
        }
    }

    private async Task<bool> RebuildAsync(string loss, long started, CancellationToken cancellation)
    {
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        TimeRange[] days = [new(today, today.AddDays(2)), new(today.AddDays(-1), today)];
        var (parts, visitors) = (0L, 0L);
        if ((await history.ChunksAsync(days[^1].Start, cancellation).ConfigureAwait(false)).Count > 0)
        {
            Log.LiveRebuilding(log);
            await Task.Delay(TimeSpan.FromSeconds(options.LiveSettleSeconds), time, cancellation).ConfigureAwait(false);

            // Each worker that notices the loss marks it anew: who does so later than this has something that is read too early here.
            loss = await counts.State.StaleAsync().ConfigureAwait(false) ?? loss;
            var chunks = await history.ChunksAsync(days[^1].Start, cancellation).ConfigureAwait(false);
            foreach (var day in days)
            {
                parts += await WriteAsync("part", history.PartsAsync(chunks, day, cancellation), counts.WriteAsync, so => Log.LiveRebuildGoesOn(log, parts + so, visitors))
                    .ConfigureAwait(false);
            }

            foreach (var day in days)
            {
                visitors += await WriteAsync(
                    "visitor", history.VisitorsAsync(day, windowing.Sessions, cancellation), some => counts.AddVisitorsAsync(some, time.GetUtcNow()),
                    so => Log.LiveRebuildGoesOn(log, parts, visitors + so)).ConfigureAwait(false);
            }
        }

        var isDone = await counts.State.TryFinishAsync(_name, loss).ConfigureAwait(false);
        if (isDone)
        {
            Log.LiveRebuilt(log, parts, visitors, Math.Round(time.GetElapsedTime(started).TotalSeconds, 1));
        }

        return isDone;
    }

    // One piece is written while the next is read: memory holds two.
    private async Task<long> WriteAsync<T>(string kind, IAsyncEnumerable<T> rows, Func<IReadOnlyCollection<T>, Task> write, Action<long> tell)
    {
        var (written, pieces) = (0L, 0);
        var writing = Task.CompletedTask;
        var piece = new List<T>(Piece);
        async Task FlushAsync()
        {
            await writing.ConfigureAwait(false);
            writing = write(piece);
            metrics.RebuiltRows(kind, piece.Count);
            written += piece.Count;
            piece = new List<T>(Piece);
            if (++pieces % PiecesPerLine == 0)
            {
                tell(written);
            }
        }

        await foreach (var row in rows.ConfigureAwait(false))
        {
            piece.Add(row);
            if (piece.Count == Piece)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }

        await FlushAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        return written;
    }
}
