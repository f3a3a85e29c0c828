using System.Diagnostics;

namespace Analytics.Testing;

/// <summary>Waits for a condition that comes true by itself: what a test uses instead of a sleep.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // Only a test that fails waits for so long; a busy machine may need some of it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/> (a minute when null).</exception>
    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? limit = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), limit);

    /// <summary>Returns when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="limit"/> (a minute when null).</exception>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null) =>
        await ValueAsync(what, condition, holds => holds, limit);

    /// <summary>Reads until <paramref name="wanted"/> accepts the value, and returns it.</summary>
    /// <exception cref="TimeoutException">None was accepted within <paramref name="limit"/> (a minute when null); the message shows the last one.</exception>
    public static async Task<T> ValueAsync<T>(string what, Func<Task<T>> read, Func<T, bool> wanted, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            if (Stopwatch.GetElapsedTime(started) is var waited && waited > (limit ?? Limit))
            {
                throw new TimeoutException($"{what}: not so after {waited.TotalSeconds:0.0} s; last seen: {value}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
