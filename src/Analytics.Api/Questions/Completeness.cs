using Analytics.Storage;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Up to when events have been written, asked for at most once a second.</summary>
/// <remarks>
/// It says how far figures can be trusted and never keeps them from being given: while ClickHouse is away, the last one known. One from some seconds ago never claims more
/// than there is. So take it before the figures, not after them.
/// </remarks>
internal sealed class Completeness
{
    private readonly HistoryQueries _history;
    private readonly TimeProvider _time;
    private readonly Revalidated<DateTimeOffset?> _through;
    private DateTimeOffset? _last;

    public Completeness(HistoryQueries history, TimeProvider time)
    {
        (_history, _time) = (history, time);
        _through = new(AskAsync, fresh: TimeSpan.FromSeconds(1), stale: TimeSpan.FromSeconds(5), time);
    }

    /// <summary>The instant; null before the first event, and where ClickHouse was away from the start.</summary>
    public Task<DateTimeOffset?> ThroughAsync(CancellationToken cancel) => _through.GetAsync(cancel);

    private async Task<DateTimeOffset?> AskAsync()
    {
        var now = _time.GetUtcNow();
        try
        {
            var found = await _history.CompleteThroughAsync(CancellationToken.None).ConfigureAwait(false);
            // An event may be stamped a little ahead; what has not happened yet is not complete.
            _last = found > now ? now : found;
        }
        catch (ClickHouseUnavailableException)
        {
            // The last one is still true.
        }

        return _last;
    }
}
