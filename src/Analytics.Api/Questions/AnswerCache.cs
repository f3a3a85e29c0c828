using System.Collections.Concurrent;
using System.Text.Json;
using Analytics.Api.Replies;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Gives every answer about history: made once for all who ask the same at the same time, given again for a minute, and the last one when ClickHouse is away.</summary>
/// <remarks>
/// <para>One call of an endpoint: <c>return await answers.ReplyAsync(AnswerKey.Of("history", tenant.Id, query), http, cancel =&gt; …);</c>. Check first that the key
/// may read the tenant: an answer is found by tenant and question only.</para>
/// <para>What makes the answer runs apart from the request, which may end before it: it must not touch the <see cref="HttpContext"/> (take
/// <c>http.Request.Query</c> out before) and stops by the token that it is given. A <see cref="Problem"/> that it throws goes to all who wait and is not kept.</para>
/// <para>Any thread. Memory is bounded by <see cref="AnswerOptions.MaxBytes"/>.</para>
/// </remarks>
internal sealed class AnswerCache(AnswerOptions options, QuestionQuota quota, ApiMetrics metrics, TimeProvider time, ILogger<AnswerCache> log)
{
    // What an entry takes beside its bytes.
    private const int EntryBytes = 400;

    private readonly ConcurrentDictionary<AnswerKey, Entry> _entries = new();
    private readonly Lock _trimming = new();
    private long _bytes;

    /// <summary>Bytes of answers in memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The answer, as the reply of an endpoint: 304 to who has it already, anew for <c>Cache-Control: no-cache</c>.</summary>
    public async Task<IResult> ReplyAsync<T>(AnswerKey key, HttpContext http, Func<CancellationToken, Task<T>> ask)
        where T : class, IAnswer
    {
        var answer = await OfAsync(key, IsAskedAnew(http.Request), ask, http.RequestAborted).ConfigureAwait(false);
        return new AnswerResult(answer, time.GetElapsedTime(answer.MadeAt));
    }

    /// <summary>Whether somebody wants the answer made now, whatever is in memory.</summary>
    public static bool IsAskedAnew(HttpRequest request) =>
        request.Headers.CacheControl is { Count: > 0 } control && control.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the answer is in memory and fresh.</summary>
    public bool IsKept(AnswerKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        lock (entry)
        {
            return Fresh(entry, time.GetTimestamp()) is not null;
        }
    }

    /// <summary>The reply while the answer is in memory and fresh; else null, and nothing is asked.</summary>
    public IResult? Kept(AnswerKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            return null;
        }

        var now = time.GetTimestamp();
        CachedAnswer? good;
        lock (entry)
        {
            good = Fresh(entry, now);
            entry.UsedAt = now;
        }

        return good is null ? null : new AnswerResult(Told(key, good, "hit", now), time.GetElapsedTime(good.MadeAt, now));
    }

    /// <summary>The answer.</summary>
    /// <param name="key">The question.</param>
    /// <param name="isAskedAnew">True to have it made now, whatever is in memory.</param>
    /// <param name="ask">Makes it.</param>
    /// <param name="cancel">Ends the waiting of this caller, not the making.</param>
    /// <exception cref="ClickHouseUnavailableException">ClickHouse is away, and this was not asked lately.</exception>
    /// <exception cref="Problem">429: too many questions of this tenant wait; 503: it took too long; or what <paramref name="ask"/> throws.</exception>
    public async Task<CachedAnswer> OfAsync<T>(AnswerKey key, bool isAskedAnew, Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
        where T : class, IAnswer
    {
        var started = time.GetTimestamp();
        var entry = _entries.GetOrAdd(key, _ => new());
        var (good, making, outcome) = Find(key, entry, isAskedAnew, ask, started);
        if (making is null)
        {
            return Told(key, good!, outcome, started);
        }

        try
        {
            return Told(key, await making.WaitAsync(cancel).ConfigureAwait(false), outcome, started);
        }
        catch (Exception error) when (good is not null && IsAway(error) && time.GetElapsedTime(good.MadeAt) < TimeSpan.FromMinutes(options.KeptMinutes))
        {
            return Told(key, good.AsStale(), "stale", started);
        }
    }

    private static bool IsAway(Exception error) =>
        error is ClickHouseUnavailableException or Problem { Status: StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable };

    // Decides: what is there, what is being made, or both (the old answer stands in should the making fail).
    private (CachedAnswer? Good, Task<CachedAnswer>? Making, string Outcome) Find<T>(
        AnswerKey key, Entry entry, bool isAskedAnew, Func<CancellationToken, Task<T>> ask, long now)
        where T : class, IAnswer
    {
        lock (entry)
        {
            entry.UsedAt = now;
            var good = entry.Good;
            var age = good is null ? TimeSpan.MaxValue : time.GetElapsedTime(good.MadeAt, now);
            if (!isAskedAnew && Fresh(entry, now) is { } fresh)
            {
                return (fresh, null, "hit");
            }

            var outcome = entry.Making is null ? "made" : "shared";
            // Apart from the request and from this lock.
            entry.Making ??= Task.Run(() => MakeAsync(key, entry, ask), CancellationToken.None);
            if (isAskedAnew || good is not { IsStale: false } || options.FreshSeconds == 0 || age >= good.FreshFor + TimeSpan.FromSeconds(options.RefreshSeconds))
            {
                return (good, entry.Making, outcome);
            }

            if (outcome == "made")
            {
                // Nobody waits for it who could be told.
                _ = entry.Making.ContinueWith(
                    failed => Log.AnswerNotRefreshed(log, key.Question, failed.Exception!.InnerException!),
                    CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            return (good, null, "refreshing");
        }
    }

    // Under the entry's lock.
    private CachedAnswer? Fresh(Entry entry, long now) =>
        entry.Good is { IsStale: false } good && time.GetElapsedTime(good.MadeAt, now) < good.FreshFor ? good : null;

    private async Task<CachedAnswer> MakeAsync<T>(AnswerKey key, Entry entry, Func<CancellationToken, Task<T>> ask)
        where T : class, IAnswer
    {
        CachedAnswer? made = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.LimitSeconds), time);
        try
        {
            using var turn = await quota.TurnAsync(key.Tenant, limit.Token).ConfigureAwait(false);
            var madeAt = time.GetTimestamp();
            var reply = await ask(limit.Token).ConfigureAwait(false);
            made = new(JsonSerializer.SerializeToUtf8Bytes(reply, ReplyJson.Options), reply.Source, reply.Stale, madeAt, FreshFor(key, madeAt));
            return made;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw Problem.Away("history", $"Making the answer took more than {options.LimitSeconds} s and was stopped. Ask for a shorter period or a coarser granularity, or again later.");
        }
        finally
        {
            Keep(key, entry, made);
        }
    }

    private void Keep(AnswerKey key, Entry entry, CachedAnswer? made)
    {
        lock (entry)
        {
            entry.Making = null;
            if (made is not null && !entry.IsGone)
            {
                Interlocked.Add(ref _bytes, made.Json.Length - (entry.Good?.Json.Length ?? -EntryBytes));
                entry.Good = made;
            }
            else if (entry.Good is null && !entry.IsGone)
            {
                // Nothing good was ever found under this key: it takes no memory.
                entry.IsGone = true;
                _entries.TryRemove(new(key, entry));
            }
        }

        if (Bytes > options.MaxBytes)
        {
            Trim();
        }
    }

    // Down to three quarters, so that it does not come again with the next answer.
    private void Trim()
    {
        lock (_trimming)
        {
            foreach (var (key, entry) in _entries.OrderBy(one => Volatile.Read(ref one.Value.UsedAt)).ToList())
            {
                if (Bytes <= options.MaxBytes / 4 * 3)
                {
                    return;
                }

                lock (entry)
                {
                    if (!entry.IsGone && entry.Good is { } good)
                    {
                        entry.IsGone = true;
                        _entries.TryRemove(new(key, entry));
                        Interlocked.Add(ref _bytes, -(good.Json.Length + EntryBytes));
                    }
                }
            }
        }
    }

    // Spread by the question and the moment, which is as good as chance here.
    private TimeSpan FreshFor(AnswerKey key, long madeAt)
    {
        var mixed = (ulong)key.Hash ^ ((ulong)madeAt * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 31)) * 0xBF58476D1CE4E5B9;
        var spread = ((mixed >> 11) / (double)(1UL << 53) * 2) - 1;
        return TimeSpan.FromSeconds(Math.Max(0, options.FreshSeconds + (options.FreshSeconds == 0 ? 0 : spread * options.JitterSeconds)));
    }

    private CachedAnswer Told(AnswerKey key, CachedAnswer answer, string outcome, long started)
    {
        metrics.Answer(key.Question, outcome);
        metrics.Answered(key.Question, outcome is "made" or "shared" ? answer.Source : "memory", time.GetElapsedTime(started));
        return answer;
    }

    // Guarded by itself.
    private sealed class Entry
    {
        public Task<CachedAnswer>? Making;
        public CachedAnswer? Good;
        public long UsedAt;
        public bool IsGone;
    }
}
