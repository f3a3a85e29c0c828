namespace Analytics.Storage;

/// <summary>A value of a store that is asked for anew while the last one is given out: nobody waits for it who could be told what it was some seconds ago.</summary>
/// <param name="ask">Asks the store. For all who want the value, so it has no end but its own: who gives up only stops waiting.</param>
/// <param name="fresh">Younger than that it is given out as it is.</param>
/// <param name="stale">Younger than that it is given out while it is asked for; older, or where there is none yet, it is waited for.</param>
/// <param name="time">The clock by which it ages, from when it was known.</param>
/// <remarks>Any thread. One question at a time. What <c>ask</c> throws reaches those who wait; the last value stays until it is too old.</remarks>
public sealed class Revalidated<T>(Func<Task<T>> ask, TimeSpan fresh, TimeSpan stale, TimeProvider time)
{
    private readonly Lock _turn = new();
    private (T Value, DateTimeOffset At)? _last;
    private Task<T>? _asking;

    /// <summary>The value.</summary>
    public Task<T> GetAsync(CancellationToken cancel)
    {
        lock (_turn)
        {
            var age = _last is { } last ? time.GetUtcNow() - last.At : TimeSpan.MaxValue;
            if (age >= fresh)
            {
                _asking ??= Task.Run(AskAsync, CancellationToken.None);
            }

            return age < stale ? Task.FromResult(_last!.Value.Value) : _asking!.WaitAsync(cancel);
        }
    }

    private async Task<T> AskAsync()
    {
        try
        {
            var value = await ask().ConfigureAwait(false);
            lock (_turn)
            {
                _last = (value, time.GetUtcNow());
            }

            return value;
        }
        finally
        {
            lock (_turn)
            {
                _asking = null;
            }
        }
    }
}
