using System.Collections.Concurrent;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>What the ledger says of a range, asked once for all questions about the same range within some seconds.</summary>
/// <remarks>It says how figures came about and never keeps them from being given: null while ClickHouse is away. Any thread.</remarks>
internal sealed class Provenance(RangeRecords records, TimeProvider time)
{
    // A page asks for a dozen tiles of one range, and ranges up to now end with the same minute; beyond so many different ones all are asked for anew.
    private const int MostRanges = 200;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TimeRange, Revalidated<RangeRecord>> _asked = new();

    /// <summary>The record of a range, as far as it has elapsed.</summary>
    public async Task<LedgerReply?> OfAsync(long tenant, TimeRange range, CancellationToken cancel)
    {
        if (_asked.Count > MostRanges)
        {
            _asked.Clear();
        }

        var record = _asked.GetOrAdd(range, of => new(() => records.OfAsync(of, CancellationToken.None), Fresh, Stale, time));
        try
        {
            return LedgerReply.Of(await record.GetAsync(cancel).ConfigureAwait(false), tenant);
        }
        catch (ClickHouseUnavailableException)
        {
            return null;
        }
    }
}
