using System.Diagnostics;
using Analytics.Benchmarks.Workloads;
using Analytics.Storage.Redis;
using StackExchange.Redis;

namespace Analytics.Benchmarks.Running;

/// <summary>How long from sending an event until Redis shows it: events of a tenant of its own, beside whatever else is sent.</summary>
internal static class FreshnessProbe
{
    private const int Tenant = 900_001;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(4);

    /// <summary>Sends for so long, one event every 50 ms, and waits for the last.</summary>
    /// <returns>Milliseconds of each event.</returns>
    public static async Task<IReadOnlyList<double>> MeasureAsync(Producing producing, IDatabase redis, TimeSpan duration)
    {
        // Known before, so that the first of the measured ones does not pay for a new tenant.
        var sent = new List<long> { Send(producing, 0) };
        var seen = new List<double>();
        var started = Stopwatch.GetTimestamp();
        while (seen.Count < sent.Count)
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed < duration && Stopwatch.GetElapsedTime(sent[^1]) >= Between)
            {
                sent.Add(Send(producing, (ulong)sent.Count));
            }

            var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            var shown = (long)await redis.HashGetAsync(RedisKeys.Metrics(Tenant, day), "events");
            while (seen.Count < shown && seen.Count < sent.Count)
            {
                seen.Add(Stopwatch.GetElapsedTime(sent[seen.Count]).TotalMilliseconds);
            }

            if (elapsed > duration + TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"expected {sent.Count} events of the probe in Redis a minute after the last, found {shown}");
            }

            await Task.Delay(Look, CancellationToken.None);
        }

        return seen[1..];
    }

    private static long Send(Producing producing, ulong number)
    {
        var click = new Click
        {
            Tenant = Tenant,
            Name = "page_view",
            User = 1,
            Session = 1,
            Time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Country = "CH",
            Device = "desktop",
            Url = "/probe",
        };
        var record = Clickstream.Record(click, 0xF00D, number + 1);
        var now = Stopwatch.GetTimestamp();
        producing.Send(0, record);
        return now;
    }
}
