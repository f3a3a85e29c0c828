using Analytics.Core.Events;
using Analytics.Storage.Redis;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Analytics.Worker.Tests.Windowing;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Analytics.Worker.Tests.Writing;

/// <summary>The lanes and the live writer against a real Redis.</summary>
public sealed class LiveWriterTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2090, 11, 22);
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(MadeEvent.Noon);
    private readonly WorkerMetrics _metrics = new();
    private RedisServer _server = null!;
    private ConnectionMultiplexer _redis = null!;
    private LiveCounts _counts = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync(_server.Connection + ",abortConnect=false,syncTimeout=2000,allowAdmin=true");
        _counts = new LiveCounts(_redis);
        await _counts.MarkStaleAsync(false);
    }

    public async Task DisposeAsync()
    {
        await _redis.CloseAsync();
        _redis.Dispose();
        _metrics.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Orders_and_clicks_add_up_to_the_day_and_the_minute()
    {
        var orders = RandomEvents.Orders(1, 200).Where(order => order.Tenant == 1).ToArray();
        await WriteAsync(3, MadeBatches.Chunk(Topics.Orders), orders, 17);
        await WriteAsync(2, MadeBatches.Chunk(), [new MadeEvent { Tenant = 1, Id = 1 }, new MadeEvent { Tenant = 1, Id = 2, Name = "add_to_cart", User = "new" }], 1);
        var reading = await _counts.ReadAsync(1, Today, Now);
        var placed = orders.Where(order => order.OrderStatus == 0).ToArray();
        Assert.Equal(placed.Length, reading.Totals[LiveFigure.Orders]);
        Assert.Equal(placed.Sum(Revenue), reading.Totals[LiveFigure.Revenue]);
        Assert.Equal((1, 1), (reading.Totals[LiveFigure.PageViews], reading.Totals[LiveFigure.AddToCart]));
        Assert.Equal(orders.Length + 2, reading.Totals[LiveFigure.Events]);
        Assert.Equal(orders.Select(order => order.User).Append("anna").Append("new").Distinct().Count(), reading.Visitors);
        Assert.Equal(60, reading.Minutes.Count);
        Assert.Equal(placed.Sum(Revenue), reading.Minutes.Sum(minute => minute.Figures[LiveFigure.Revenue]));
        Assert.Equal(Now, reading.Minutes[^1].Start);
        Assert.False(reading.IsStale);
    }

    [Fact]
    public async Task A_replay_with_other_lanes_and_an_old_version_change_nothing()
    {
        var orders = RandomEvents.Orders(2, 300);
        await WriteAsync(1, MadeBatches.Chunk(Topics.Orders), orders, 300);
        var before = await TotalsAsync();
        await WriteAsync(4, MadeBatches.Chunk(Topics.Orders), orders, 7);
        await WriteAsync(2, MadeBatches.Chunk(Topics.Orders), orders[..100], 50, seal: false);
        Assert.Equal(before, await TotalsAsync());
        Assert.Equal(300, before.Sum(total => total[LiveFigure.Events]));
    }

    [Fact]
    public async Task Active_users_are_those_of_the_last_five_minutes()
    {
        MadeEvent[] events = [.. Enumerable.Range(0, 10).Select(i => new MadeEvent { Id = (ulong)i + 1, User = $"u{i}", Created = MadeEvent.Noon - i * 60_000 })];
        await WriteAsync(1, MadeBatches.Chunk(), events, 10);
        var reading = await _counts.ReadAsync(4, Today, Now);
        Assert.Equal((5, 10), (reading.ActiveUsers, reading.Visitors));
    }

    [Fact]
    public async Task What_is_older_than_two_days_is_not_for_redis()
    {
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        await WriteAsync(1, MadeBatches.Chunk(), [new MadeEvent { Id = 1 }, new MadeEvent { Id = 2, Created = MadeEvent.Noon - 3 * day }], 10);
        Assert.Equal(1, (await _counts.ReadAsync(4, Today, Now)).Totals[LiveFigure.Events]);
        Assert.Equal(0, (await _counts.ReadAsync(4, Today.AddDays(-3), Now)).Totals[LiveFigure.Events]);
    }

    [Fact]
    public async Task Subscribers_hear_that_a_tenant_has_changed()
    {
        var heard = new TaskCompletionSource<string>();
        await _redis.GetSubscriber().SubscribeAsync(RedisKeys.Live(4), (_, message) => heard.TrySetResult(message.ToString()));
        await WriteAsync(1, MadeBatches.Chunk(), [new MadeEvent()], 1);
        Assert.Contains("\"tenant\":4", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redis_that_is_away_holds_up_nobody_and_one_that_lost_its_memory_is_marked_stale()
    {
        using var lanes = new MadeLanes(2);
        using var writer = WriterOf(lanes.Count, new FixedTime());
        var chunk = MadeBatches.Chunk();
        await SendAsync(writer, lanes.Send(chunk, 0, [new MadeEvent { Id = 1 }], Flush.Live));
        await Eventually.HoldsAsync("the first event is there", async () => (await _counts.ReadAsync(4, Today, Now)).Totals[LiveFigure.Events] == 1);
        await _server.CrashAsync();
        await SendAsync(writer, lanes.Send(chunk, 1, [new MadeEvent { Id = 2 }], Flush.Live)).WaitAsync(TimeSpan.FromSeconds(5));
        await _server.RestartAsync();
        await Eventually.HoldsAsync("both events are there again", async () =>
        {
            try
            {
                var reading = await _counts.ReadAsync(4, Today, Now);
                return reading is { IsStale: true } && reading.Totals[LiveFigure.Events] == 2;
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(60));
        await writer.CompleteAsync(default);
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(8, 1)]
    public async Task Figures_wait_until_their_log_is_confirmed_hold_up_nobody_and_are_none_of_another_log(int epoch, int events)
    {
        var looks = new Queue<Task<ulong>>([Task.FromResult(7UL)]);
        var looked = new TaskCompletionSource<ulong>();
        using var watch = new TopicWatch(_ => looks.TryDequeue(out var look) ? look : looked.Task, new ConsumingOptions(), TimeProvider.System);
        using var lanes = new MadeLanes(2);
        using var writer = WriterOf(lanes.Count, new FixedTime());
        var chunk = MadeBatches.Chunk(watch: watch);
        await SendAsync(writer, lanes.Send(chunk, 0, [new MadeEvent { Id = 1 }], Flush.Live));
        await Eventually.HoldsAsync("the first event is there", async () => (await _counts.ReadAsync(4, Today, Now)).Totals[LiveFigure.Events] == 1);

        await SendAsync(writer, lanes.Send(chunk, 1, [new MadeEvent { Id = 2, User = "new" }], Flush.Live)).WaitAsync(TimeSpan.FromSeconds(5));
        await SendAsync(writer, lanes.Send(chunk, 2, [new MadeEvent { Id = 3 }], Flush.Live)).WaitAsync(TimeSpan.FromSeconds(5));
        var ending = writer.CompleteAsync(default).AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => ending.WaitAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, (await _counts.ReadAsync(4, Today, Now)).Totals[LiveFigure.Events]);

        looked.SetResult((ulong)epoch);
        await ending.WaitAsync(TimeSpan.FromSeconds(20));
        var reading = await _counts.ReadAsync(4, Today, Now);
        Assert.Equal((events, Math.Min(events, 2)), (reading.Totals[LiveFigure.Events], reading.Visitors));
    }

    [Fact]
    public async Task Who_takes_over_behind_a_chunk_that_did_not_arrive_whole_marks_the_figures_stale()
    {
        var chunk = MadeBatches.Chunk();
        await WriteAsync(2, chunk, [new MadeEvent { Id = 1 }, new MadeEvent { Id = 2 }], 1);
        await TakeOverAsync(chunk, 2);
        Assert.Null(await _counts.State.StaleAsync());

        // The owner before this one sealed a chunk that ends at 5 and was killed before it wrote the figures.
        await TakeOverAsync(chunk, 5);
        Assert.NotNull(await _counts.State.StaleAsync());
    }

    private async Task TakeOverAsync(Chunk chunk, long start)
    {
        using var writer = WriterOf(3, new FixedTime());
        writer.TakenOver(chunk.Id.Epoch, chunk.Id.Topic, chunk.Id.Partition, start);
        await writer.CompleteAsync(default);
    }

    private static long Revenue(MadeEvent order) => order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount);

    private LiveWriter WriterOf(int lanes, TimeProvider time) => new(_counts, lanes, new WritingOptions(), time, _metrics, NullLogger<LiveWriter>.Instance);

    private async Task WriteAsync(int lanes, Chunk chunk, MadeEvent[] events, int batch, bool seal = true)
    {
        using var made = new MadeLanes(lanes);
        using var writer = WriterOf(made.Count, new FixedTime());
        for (var at = 0; at < events.Length; at += batch)
        {
            await SendAsync(writer, made.Send(chunk, at, [.. events.Skip(at).Take(batch)], Flush.Live));
        }

        if (seal)
        {
            await SendAsync(writer, made.Send(chunk, events.Length, [], Flush.Seal));
        }

        await writer.CompleteAsync(default);
    }

    private static async Task SendAsync(LiveWriter writer, IEnumerable<LaneOutput> outputs)
    {
        foreach (var output in outputs)
        {
            await writer.WriteAsync(output, default);
        }
    }

    private async Task<LiveFigures[]> TotalsAsync() =>
        await Task.WhenAll(new ulong[] { 1, 2, 3 }.Select(async tenant => (await _counts.ReadAsync(tenant, Today, Now)).Totals));

    /// <summary>It is noon, and stays so; waits are real.</summary>
    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
