using System.Collections.Concurrent;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>What the ledger says of a range, asked once for all questions about the same range within some seconds.</summary>
/// <remarks>It says how figures came about and never keeps them from being given: null while ClickHouse is away. Any thread.</remarks>
internal sealed class Provenance(RangeRecords records, TimeProvider time)
{
    // A page asks for a dozen tiles of one range, and ranges up to now end with the same minute; beyond so many different ones all are asked for anew.
    private const int MostRanges = 200;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TimeRange, Asked> _asked = new();

    /// <summary>The record of a range, as far as it has elapsed.</summary>
    public async Task<LedgerReply?> OfAsync(long tenant, TimeRange range, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (_asked.Count > MostRanges)
        {
            _asked.Clear();
        }

        var asked = _asked.AddOrUpdate(range, _ => New(), (_, known) => now < known.At + Kept ? known : New());
        try
        {
            // Several wait for it: it ends with the client's own limit, not with the first who gives up.
            return LedgerReply.Of(await asked.Record.Value.WaitAsync(cancel).ConfigureAwait(false), tenant);
        }
        catch (ClickHouseUnavailableException)
        {
            return null;
        }

        Asked New() => new(now, new(() => records.OfAsync(range, CancellationToken.None)));
    }

    private sealed record Asked(DateTimeOffset At, Lazy<Task<RangeRecord>> Record);
}
