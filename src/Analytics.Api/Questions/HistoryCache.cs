using System.Collections.Concurrent;
using Analytics.Api.Replies;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Works an answer out once for all who ask the same at the same time, and has the last one when ClickHouse is away.</summary>
internal sealed class HistoryCache(HistoryAnswer answer, ApiOptions options, TimeProvider time)
{
    private static readonly TimeSpan KeptWhileAway = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<HistoryQuestion, Entry> _entries = new();

    /// <summary>The figures asked for; marked stale where they are from before ClickHouse went away.</summary>
    /// <exception cref="ClickHouseUnavailableException">It is away, and this was not asked in the last hour.</exception>
    public async Task<HistoryReply> OfAsync(HistoryQuestion question, CancellationToken cancel)
    {
        if (_entries.Count >= options.HistoryCacheSize)
        {
            _entries.Clear();
        }

        var entry = _entries.GetOrAdd(question, _ => new());
        try
        {
            var reply = await Current(entry, question).WaitAsync(cancel).ConfigureAwait(false);
            entry.Good = reply;
            return reply;
        }
        catch (ClickHouseUnavailableException) when (entry.Good is not null && time.GetElapsedTime(entry.GoodAt) < KeptWhileAway)
        {
            return entry.Good with { Stale = true };
        }
    }

    private Task<HistoryReply> Current(Entry entry, HistoryQuestion question)
    {
        lock (entry)
        {
            if (entry.Asked is null || entry.Asked.IsFaulted || time.GetElapsedTime(entry.AskedAt) >= TimeSpan.FromSeconds(options.HistoryCacheSeconds))
            {
                entry.GoodAt = entry.Asked is { IsCompletedSuccessfully: true } ? entry.AskedAt : entry.GoodAt;
                // Not the caller's token: others may wait for the same answer.
                (entry.Asked, entry.AskedAt) = (answer.OfAsync(question, CancellationToken.None), time.GetTimestamp());
            }

            return entry.Asked;
        }
    }

    private sealed class Entry
    {
        public Task<HistoryReply>? Asked;
        public long AskedAt;
        public volatile HistoryReply? Good;
        public long GoodAt;
    }
}
