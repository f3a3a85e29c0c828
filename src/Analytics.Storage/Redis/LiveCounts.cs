using System.Globalization;
using StackExchange.Redis;

namespace Analytics.Storage.Redis;

/// <summary>The live figures in Redis: written by the workers as absolute parts with versions, read by the API.</summary>
/// <remarks>
/// <para>A cache of ClickHouse that can be rebuilt at any time. Keys end three days after they were last written. Any thread. Redis being away comes out as
/// <see cref="RedisException"/> or <see cref="TimeoutException"/>.</para>
/// <para>A part is what one chunk has counted for one tenant and minute. One script per tenant and day applies the parts that are newer than what stands
/// there and moves the day's totals and the minute by the difference, so writing a part again, or an older one, changes nothing.</para>
/// </remarks>
public sealed class LiveCounts(IConnectionMultiplexer redis) : ILiveStore
{
    /// <summary>Minutes that a user counts as active.</summary>
    public const int ActiveMinutes = 5;

    /// <summary>Minutes of <see cref="LiveReading.Minutes"/>.</summary>
    public const int SeriesMinutes = 60;

    private const int MinutesOfDay = 1_440;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);
    private static readonly TimeSpan ActiveKept = TimeSpan.FromMinutes(15);

    /// <summary>Names of the totals, in the order of <see cref="LiveFigure"/>.</summary>
    private static readonly RedisValue[] Names =
        ["revenue", "orders", "units", "page_views", "add_to_cart", "checkout_starts", "discount", "refunds", "events"];

    /// <summary>Whether the figures are whole, and who makes them so.</summary>
    public LiveState State { get; } = new(redis);

    /// <inheritdoc/>
    public async Task<long> WriteAsync(IReadOnlyCollection<LivePart> parts)
    {
        var database = redis.GetDatabase();
        var calls = new List<Task<RedisResult>>();
        foreach (var call in LiveCalls.OfParts(parts, Kept))
        {
            calls.Add(database.ScriptEvaluateAsync(LiveScripts.Apply, call.Keys, call.Arguments));
        }

        var beat = State.BeatAsync();
        var applied = await Task.WhenAll(calls).ConfigureAwait(false);
        await beat.ConfigureAwait(false);
        return applied.Sum(result => (long)result);
    }

    /// <inheritdoc/>
    public async Task AddVisitorsAsync(IReadOnlyCollection<LiveVisitor> visitors, DateTimeOffset now)
    {
        var oldest = now.ToUnixTimeSeconds() / 60 - (long)ActiveKept.TotalMinutes;
        var database = redis.GetDatabase();
        var calls = new List<Task>();
        foreach (var call in LiveCalls.OfVisitors(visitors, oldest, Kept, ActiveKept))
        {
            calls.Add(database.ScriptEvaluateAsync(LiveScripts.Visit, call.Keys, call.Arguments));
        }

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task PublishAsync(IEnumerable<ulong> tenants)
    {
        var subscriber = redis.GetSubscriber();
        return Task.WhenAll(tenants.Select(tenant => subscriber.PublishAsync(
            RedisKeys.Live(tenant), string.Create(CultureInfo.InvariantCulture, $$"""{"tenant":{{tenant}},"changed":"metrics"}"""))));
    }

    /// <summary>The figures of a tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="day">The UTC day of the totals; today or yesterday, else all is 0.</param>
    /// <param name="now">The last of the sixty minutes is the one that runs now.</param>
    public async Task<LiveReading> ReadAsync(ulong tenant, DateOnly day, DateTimeOffset now)
    {
        var database = redis.GetDatabase();
        var minute = now.ToUnixTimeSeconds() / 60;

        // Asked before and behind the figures: neither a loss nor the end of a rebuild may come between and pass for whole.
        var before = State.StaleAsync();
        var totals = database.HashGetAsync(RedisKeys.Metrics(tenant, day), Names);
        var visitors = database.HyperLogLogLengthAsync(RedisKeys.Visitors(tenant, day));
        var active = database.HyperLogLogLengthAsync(
            [.. Enumerable.Range(0, ActiveMinutes).Select(back => RedisKeys.Active(tenant, minute - back))]);
        var minutes = ReadMinutesAsync(database, tenant, minute - SeriesMinutes + 1, SeriesMinutes);
        var behind = State.StaleAsync();
        var isStale = (await before.ConfigureAwait(false) ?? await behind.ConfigureAwait(false)) is not null;
        return new LiveReading(
            day, FiguresOf(await totals.ConfigureAwait(false)), await visitors.ConfigureAwait(false), await active.ConfigureAwait(false),
            await minutes.ConfigureAwait(false), isStale);
    }

    /// <inheritdoc/>
    public Task<string> IncarnationAsync(string name) => State.IncarnationAsync(name);

    /// <inheritdoc/>
    public Task ReachAsync(LivePartition partition, long end, string incarnation) => State.ReachAsync(partition, end, incarnation);

    /// <inheritdoc/>
    public Task<bool> TakeOverAsync(LivePartition partition, long start) => State.TakeOverAsync(partition, start);

    /// <inheritdoc/>
    public Task MarkStaleAsync(bool isStale) => isStale ? State.MarkStaleAsync() : State.MarkWholeAsync();

    private static async Task<IReadOnlyList<LiveMinute>> ReadMinutesAsync(IDatabase database, ulong tenant, long first, int count)
    {
        var days = new List<(long First, int Count, Task<RedisValue[]> Values)>();
        for (var at = first; at < first + count;)
        {
            var inDay = (int)Math.Min(first + count - at, MinutesOfDay - at % MinutesOfDay);
            var fields = from minute in Enumerable.Range((int)(at % MinutesOfDay), inDay)
                         from figure in Enumerable.Range(0, LiveFigures.Count)
                         select (RedisValue)string.Create(CultureInfo.InvariantCulture, $"{minute}:{figure}");
            days.Add((at, inDay, database.HashGetAsync(RedisKeys.Minutes(tenant, DayOf(at)), [.. fields])));
            at += inDay;
        }

        var minutes = new List<LiveMinute>(count);
        foreach (var day in days)
        {
            var values = await day.Values.ConfigureAwait(false);
            for (var i = 0; i < day.Count; i++)
            {
                minutes.Add(new LiveMinute(
                    DateTimeOffset.FromUnixTimeSeconds((day.First + i) * 60), FiguresOf(values.AsSpan(i * LiveFigures.Count, LiveFigures.Count))));
            }
        }

        return minutes;
    }

    private static LiveFigures FiguresOf(ReadOnlySpan<RedisValue> values)
    {
        var figures = new LiveFigures();
        for (var i = 0; i < LiveFigures.Count; i++)
        {
            figures[i] = values[i].IsNull ? 0 : (long)values[i];
        }

        return figures;
    }

    private static DateOnly DayOf(long minute) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddMinutes(minute));
}
