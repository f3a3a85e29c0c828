using Analytics.Api.Questions;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using StackExchange.Redis;

namespace Analytics.Api.Live;

/// <summary>Answers how a tenant does today: from Redis, or from ClickHouse where Redis is away, has lost figures, cuts days elsewhere, or adds up several currencies.</summary>
/// <remarks>
/// Redis keeps UTC days, and sums of amounts whatever their currency. A tenant whose day starts at another instant, or that sells in several currencies, is answered from
/// ClickHouse, which is right and a few seconds behind.
/// </remarks>
internal sealed class RealtimeAnswer(
    LiveCounts live, LiveCurrencies currencies, HistoryQueries history, Completeness completeness, ApiMetrics metrics, TimeProvider time, ILogger<RealtimeAnswer> log)
{
    private static readonly TimeSpan RedisLimit = TimeSpan.FromSeconds(1);

    private volatile bool _isRedisAway;

    /// <summary>The figures of now.</summary>
    public async Task<RealtimeReply> OfAsync(Tenant tenant, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var now = time.GetUtcNow();
        var dayStart = ZonedTime.StartOfDay(now, Period.ZoneOf(tenant));
        var isUtcDay = dayStart == new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var isLive = isUtcDay && !await currencies.AreSeveralAsync(tenant).ConfigureAwait(false);
        var reading = isLive ? await ReadLiveAsync(tenant, now).ConfigureAwait(false) : null;
        var reply = reading is null or { IsStale: true }
            ? await FromHistoryAsync(tenant, dayStart, now, isStale: isLive, cancel).ConfigureAwait(false)
            : FromLive(tenant, reading, await completeness.ThroughAsync(cancel).ConfigureAwait(false));
        metrics.Answered("realtime", reply.Source, time.GetElapsedTime(started));
        return reply;
    }

    private static RealtimeReply FromLive(Tenant tenant, LiveReading reading, DateTimeOffset? completeThrough)
    {
        var totals = reading.Totals;
        var measures = new Measures
        {
            Revenue = totals[LiveFigure.Revenue],
            Refunds = totals[LiveFigure.Refunds],
            Orders = totals[LiveFigure.Orders],
            Units = totals[LiveFigure.Units],
            Visitors = reading.Visitors,
            PageViews = totals[LiveFigure.PageViews],
            AddToCart = totals[LiveFigure.AddToCart],
            CheckoutStarts = totals[LiveFigure.CheckoutStarts],
        };
        var series = reading.Minutes.Select(minute => Minute(
            minute.Start, tenant.Currency, minute.Figures[LiveFigure.Revenue], minute.Figures[LiveFigure.Orders], minute.Figures[LiveFigure.Units],
            minute.Figures[LiveFigure.PageViews], minute.Figures[LiveFigure.Events]));
        return Reply(tenant, reading.Day, measures, reading.ActiveUsers, [.. series], rates: null, completeThrough, reading.IsStale, Approximation.OfRedis, "redis");
    }

    private static MinuteReply Minute(DateTimeOffset start, string currency, long? revenue, long orders, long units, long pageViews, long events) =>
        new(start, Currencies.Major(revenue, currency), revenue, orders, units, pageViews, events);

    private static RealtimeReply Reply(
        Tenant tenant, DateOnly date, Measures measures, long activeUsers, IReadOnlyList<MinuteReply> series, RatesReply? rates, DateTimeOffset? completeThrough,
        bool isStale, IReadOnlyDictionary<string, double>? approximate, string source) => new(
        tenant.Id,
        tenant.Name,
        date,
        tenant.TimeZone,
        tenant.Currency,
        Currencies.Major(measures.Revenue, tenant.Currency),
        measures.Revenue,
        measures.Refunds,
        measures.Orders,
        measures.Units,
        MeasuresReply.MeanOrder(measures, tenant.Currency),
        measures.Visitors,
        measures.PageViews,
        measures.AddToCart,
        measures.CheckoutStarts,
        MeasuresReply.Rate(measures.ConversionRate),
        activeUsers,
        series,
        rates,
        completeThrough,
        isStale,
        approximate,
        source);

    private async Task<LiveReading?> ReadLiveAsync(Tenant tenant, DateTimeOffset now)
    {
        try
        {
            var reading = await live.ReadAsync((ulong)tenant.Id, DateOnly.FromDateTime(now.UtcDateTime), now).WaitAsync(RedisLimit, time).ConfigureAwait(false);
            if (_isRedisAway)
            {
                _isRedisAway = false;
                Log.LiveBack(log);
            }

            return reading;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // Told once and not by every request of an outage.
            if (!_isRedisAway)
            {
                _isRedisAway = true;
                Log.LiveAway(log, error.Message);
            }

            return null;
        }
    }

    private async Task<RealtimeReply> FromHistoryAsync(Tenant tenant, DateTimeOffset dayStart, DateTimeOffset now, bool isStale, CancellationToken cancel)
    {
        var zone = Period.ZoneOf(tenant);
        var today = new FigureScope(tenant.Id, new(dayStart, now), zone, tenant.Currency);
        var minuteNow = Buckets.StartOf(now, Granularity.Minute, zone);
        var lastHour = today with { Range = new(minuteNow.AddMinutes(1 - LiveCounts.SeriesMinutes), minuteNow.AddMinutes(1)) };
        var active = today with { Range = new(minuteNow.AddMinutes(1 - LiveCounts.ActiveMinutes), minuteNow.AddMinutes(1)) };
        var totals = history.TotalsAsync(today, cancel);
        var minutes = history.FiguresAsync(lastHour, Granularity.Minute, cancel);
        var events = history.EventsByMinuteAsync(lastHour, cancel);
        var activeUsers = history.TotalsAsync(active, cancel);
        var completeThrough = completeness.ThroughAsync(cancel);
        var (measures, _, _, conversion) = await totals.ConfigureAwait(false);
        var (figures, counts) = (await minutes.ConfigureAwait(false), await events.ConfigureAwait(false));
        var series = Buckets.Of(lastHour.Range, Granularity.Minute, zone).Select(start =>
        {
            var of = figures.Points.GetValueOrDefault(start, Measures.None);
            return Minute(start, tenant.Currency, of.Revenue, of.Orders, of.Units, of.PageViews, counts.GetValueOrDefault(start));
        });
        var activeNow = (await activeUsers.ConfigureAwait(false)).Totals.Visitors;
        return Reply(
            tenant, DateOnly.FromDateTime(ZonedTime.Local(now, zone)), measures, activeNow, [.. series], RatesReply.Of(conversion, figures.Conversion), await completeThrough.ConfigureAwait(false), isStale,
            Approximation.OfClickHouse(measures.Visitors, activeNow), "clickhouse");
    }
}
