namespace Analytics.Worker.Consuming;

/// <summary>Looks at one topic for all who need a look that begins from now on: who comes while one is under way waits for the next, with all who come until it begins.</summary>
/// <remarks>Any thread. At most one look is under way and one waits, however many need one.</remarks>
/// <param name="look">Looks once; a failure is the answer of those who waited for it.</param>
internal sealed class TopicLook(Func<Task<ulong?>> look)
{
    private readonly Lock _gate = new();
    private Task<ulong?>? _looking;
    private Task<ulong?>? _next;

    /// <summary>The topic's epoch, by a look that has not begun before this call; null where there is no such topic.</summary>
    public Task<ulong?> NextAsync()
    {
        lock (_gate)
        {
            return _looking is { IsCompleted: false } looking ? _next ??= AfterAsync(looking) : _looking = look();
        }
    }

    private async Task<ulong?> AfterAsync(Task before)
    {
        // Never within the lock of who asks, which has not noted yet that this one is the next.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            // Who comes from here on is too late for this one.
            (_looking, _next) = (_next, null);
        }

        return await look().ConfigureAwait(false);
    }
}
