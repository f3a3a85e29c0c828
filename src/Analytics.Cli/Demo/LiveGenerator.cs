using Analytics.Core.Events;
using Analytics.Storage.Kafka;

namespace Analytics.Cli.Demo;

/// <summary>Sends a shop's traffic: what has happened today so far at once, then each event at its time, until it is stopped.</summary>
internal sealed class LiveGenerator(LiveTraffic traffic, EventSender sender, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Sends today's events up to now; returns how many.</summary>
    public async Task<long> CatchUpAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var past = traffic.StockOf(midnight).Concat(Minutes(midnight, now).SelectMany(traffic.SessionsOf)).Where(one => one.At <= now).ToArray();
        return await sender.SendManyAsync(Topics.Clickstream, past.Select(one => one.Click).OfType<ClickstreamEvent>(), cancel).ConfigureAwait(false)
            + await sender.SendManyAsync(Topics.Orders, past.Select(one => one.Order).OfType<OrderEvent>(), cancel).ConfigureAwait(false)
            + await sender.SendManyAsync(Topics.Inventory, past.Select(one => one.Stock).OfType<StockEvent>(), cancel).ConfigureAwait(false);
    }

    /// <summary>Sends each event at its time, for ever.</summary>
    /// <param name="from">Where <see cref="CatchUpAsync"/> stopped; what it sent already is dropped as a duplicate.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(DateTimeOffset from, CancellationToken cancel)
    {
        var waiting = new PriorityQueue<LiveEvent, DateTimeOffset>();
        var minute = Floor(from - LiveTraffic.LongestSession);
        while (true)
        {
            // A minute's sessions are made when it begins, so that none of their events is late.
            for (; minute <= time.GetUtcNow(); minute += Minute)
            {
                foreach (var one in traffic.SessionsOf(minute).Where(one => one.At >= from))
                {
                    waiting.Enqueue(one, one.At);
                }
            }

            while (waiting.TryPeek(out var next, out var at) && at <= time.GetUtcNow())
            {
                waiting.Dequeue();
                await sender.SendAsync((ProducedEvent?)next.Click ?? next.Order!, cancel).ConfigureAwait(false);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancel).ConfigureAwait(false);
        }
    }

    private static IEnumerable<DateTimeOffset> Minutes(DateTimeOffset from, DateTimeOffset to)
    {
        for (var minute = from; minute <= to; minute += Minute)
        {
            yield return minute;
        }
    }

    private static DateTimeOffset Floor(DateTimeOffset instant) => new(instant.Ticks - instant.Ticks % Minute.Ticks, TimeSpan.Zero);
}
