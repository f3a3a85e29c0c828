using Analytics.Storage.Redis;
using StackExchange.Redis;

namespace Analytics.Chaos.Tests.Oracles;

/// <summary>Reads the live totals from Redis and compares them with a recount.</summary>
internal sealed class LiveReading(string redis) : IDisposable
{
    private readonly ConnectionMultiplexer _redis = ConnectionMultiplexer.Connect(redis + ",allowAdmin=true,abortConnect=false");

    /// <summary>Whether Redis says that its figures may be too low, or does not answer.</summary>
    public async Task<bool> IsStaleAsync()
    {
        try
        {
            return (await new LiveCounts(_redis).ReadAsync(1, DateOnly.FromDateTime(DateTime.UnixEpoch), TimeProvider.System.GetUtcNow())).IsStale;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            return true;
        }
    }

    /// <summary>FLUSHALL.</summary>
    public Task EmptyAsync() => _redis.GetServer(_redis.GetEndPoints()[0]).FlushAllDatabasesAsync();

    /// <summary>What today's and yesterday's totals have otherwise than the recount's.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(Recount expected)
    {
        var counts = new LiveCounts(_redis);
        var now = TimeProvider.System.GetUtcNow();
        var differences = new List<string>();
        foreach (var tenant in expected.Cells.Keys.Select(key => key.Tenant).Distinct())
        {
            foreach (var day in new[] { DateOnly.FromDateTime(now.UtcDateTime), DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1) })
            {
                var first = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds() / 60;
                var cells = expected.Cells.Where(cell => cell.Key.Tenant == tenant && cell.Key.Minute >= first && cell.Key.Minute < first + 1_440).ToList();
                Sums Of(Func<string, bool> name) => cells.Where(cell => name(cell.Key.Name)).Aggregate(default(Sums), (sum, cell) => sum + cell.Value);
                var placed = Of(name => name == "order_placed");
                var wanted = (placed.Revenue, placed.Events, placed.Units, Of(name => name == "page_view").Events, Of(_ => true).Events);
                var totals = (await counts.ReadAsync((ulong)tenant, day, now)).Totals;
                var found = (
                    totals[LiveFigure.Revenue], totals[LiveFigure.Orders], totals[LiveFigure.Units], totals[LiveFigure.PageViews], totals[LiveFigure.Events]);
                if (wanted != found)
                {
                    differences.Add($"live totals of tenant {tenant} on {day:O}: expected {wanted}, found {found}");
                }
            }
        }

        return differences;
    }

    /// <inheritdoc/>
    public void Dispose() => _redis.Dispose();
}
