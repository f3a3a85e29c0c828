using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Up to when events have been written, asked for at most once a second.</summary>
/// <remarks>It says how far figures can be trusted and never keeps them from being given: while ClickHouse is away, the last one known.</remarks>
internal sealed class Completeness(HistoryQueries history, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private DateTimeOffset? _through;
    private DateTimeOffset _askedAt;

    /// <summary>The instant; null before the first event, and where ClickHouse was away from the start.</summary>
    public async Task<DateTimeOffset?> ThroughAsync(CancellationToken cancel)
    {
        await _asking.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var now = time.GetUtcNow();
            if (now >= _askedAt + Kept)
            {
                var found = await history.CompleteThroughAsync(cancel).ConfigureAwait(false);
                // An event may be stamped a little ahead; what has not happened yet is not complete.
                _through = found > now ? now : found;
                _askedAt = now;
            }
        }
        catch (ClickHouseUnavailableException)
        {
            _askedAt = time.GetUtcNow();
        }
        finally
        {
            _asking.Release();
        }

        return _through;
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();
}
