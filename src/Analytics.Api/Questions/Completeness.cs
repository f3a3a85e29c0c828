using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Questions;

/// <summary>Up to when events have been written, asked for at most once a second.</summary>
/// <remarks>
/// It says how far figures can be trusted and never keeps them from being given: while ClickHouse is away, the last one known. Nobody waits for it who could be told what was
/// known some seconds ago: an older one never claims more than there is. So take it before the figures, not after them.
/// </remarks>
internal sealed class Completeness(HistoryQueries history, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(5);

    private readonly Lock _turn = new();
    private (DateTimeOffset? Through, DateTimeOffset At) _last;
    private Task<DateTimeOffset?>? _asking;

    /// <summary>The instant; null before the first event, and where ClickHouse was away from the start.</summary>
    public Task<DateTimeOffset?> ThroughAsync(CancellationToken cancel)
    {
        lock (_turn)
        {
            var age = time.GetUtcNow() - _last.At;
            if (age >= Kept)
            {
                // Apart from who asks, who may go away.
                _asking ??= Task.Run(AskAsync, CancellationToken.None);
            }

            return age < Old ? Task.FromResult(_last.Through) : _asking!.WaitAsync(cancel);
        }
    }

    private async Task<DateTimeOffset?> AskAsync()
    {
        var now = time.GetUtcNow();
        var through = _last.Through;
        try
        {
            var found = await history.CompleteThroughAsync(CancellationToken.None).ConfigureAwait(false);
            // An event may be stamped a little ahead; what has not happened yet is not complete.
            through = found > now ? now : found;
        }
        catch (ClickHouseUnavailableException)
        {
            now = time.GetUtcNow();
        }
        finally
        {
            lock (_turn)
            {
                _asking = null;
            }
        }

        lock (_turn)
        {
            _last = (through, now);
        }

        return through;
    }
}
