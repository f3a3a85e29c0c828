using Analytics.Storage.ClickHouse;

namespace Analytics.Chaos.Tests.Oracles;

/// <summary>Reads the totals again and again while faults run: none may ever fall.</summary>
internal sealed class TotalsWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly StoreReading _stores;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _falls = [];
    private readonly Task _watching;

    /// <summary>Starts to watch.</summary>
    public TotalsWatch(StoreReading stores)
    {
        _stores = stores;
        _watching = WatchAsync();
    }

    /// <summary>Times that it has looked.</summary>
    public int Looks { get; private set; }

    /// <summary>The longest time in which no total grew, from the first event on: how old the figures were at worst.</summary>
    public TimeSpan LongestStandstill { get; private set; }

    /// <summary>Stops; gives what has fallen.</summary>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        return _falls;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var before = new Dictionary<(long Tenant, string Name), Sums>();
        var grown = TimeProvider.System.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            Dictionary<(long Tenant, string Name), Sums> now;
            try
            {
                now = await _stores.TotalsAsync();
            }
            catch (ClickHouseUnavailableException)
            {
                // A test that kills ClickHouse itself: nothing to see for a moment.
                await Task.Delay(Pause, TimeProvider.System);
                continue;
            }

            foreach (var (key, was) in before)
            {
                var sums = now.GetValueOrDefault(key);
                if (sums.Events < was.Events || sums.Units < was.Units || sums.Revenue < was.Revenue)
                {
                    _falls.Add($"{key} fell from {was} to {sums}");
                }
            }

            var standstill = TimeProvider.System.GetElapsedTime(grown);
            LongestStandstill = before.Count > 0 && standstill > LongestStandstill ? standstill : LongestStandstill;
            if (now.Values.Sum(sums => sums.Events) > before.Values.Sum(sums => sums.Events))
            {
                grown = TimeProvider.System.GetTimestamp();
            }

            (before, Looks) = (now, Looks + 1);
            await Task.Delay(Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
