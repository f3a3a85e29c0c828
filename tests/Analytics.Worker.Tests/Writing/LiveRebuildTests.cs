using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Redis;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Analytics.Worker.Tests.Windowing;
using StackExchange.Redis;

namespace Analytics.Worker.Tests.Writing;

/// <summary>Redis is emptied under a real Redis, the real engine behind ClickHouse's HTTP interface, the lanes and both writers.</summary>
public sealed class LiveRebuildTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2090, 11, 22);
    private static readonly ulong[] Tenants = [1, 2, 3];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private RedisServer _redis = null!;
    private ConnectionMultiplexer _reading = null!;
    private LiveCounts _live = null!;
    private Uri _clickHouse = null!;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _reading = await ConnectionMultiplexer.ConnectAsync(_redis.Connection + ",allowAdmin=true");
        _live = new LiveCounts(_reading);
        _clickHouse = (await ClickHouseServer.SharedAsync()).Url;
        _database = "rebuild_" + Guid.NewGuid().ToString("N");
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = _clickHouse, Database = _database }, TimeProvider.System);
        await new ClickHouseMigrations(client, TimeProvider.System).ApplyAsync();
    }

    public async Task DisposeAsync()
    {
        await _reading.CloseAsync();
        _reading.Dispose();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_redis_emptied_again_and_again_under_traffic_is_whole_and_equals_a_recount()
    {
        await using var worker = await StartAsync();
        var fallen = new List<string>();
        using var ended = new CancellationTokenSource();
        var watching = WatchAsync(fallen, ended.Token);
        var orders = RandomEvents.Orders(5, 1_200, minutes: 300);
        var clicks = RandomEvents.Clicks(6, 1_200, minutes: 300).DistinctBy(click => click.Id).ToArray();
        for (var step = 0; step < 6; step++)
        {
            // Two sealed chunks and an open one of each topic.
            await worker.CountAsync(Topics.Orders, orders[(step * 200)..((step + 1) * 200)], isLast: step is 1 or 3);
            await worker.CountAsync(Topics.Clickstream, [.. clicks.Skip(step * 150).Take(150)], isLast: step is 2 or 4);
            if (step is 1 or 2 or 5)
            {
                await FlushAsync();
                Assert.True((await _live.ReadAsync(1, Today, worker.Now)).IsStale);
                await (step == 1 ? WholeAsync() : Task.CompletedTask);
            }
        }

        await WholeAsync();
        await EqualsRecountAsync(orders, [.. clicks.Take(900)], worker.Now);
        await ended.CancelAsync();
        await watching;
        Assert.Equal([], fallen);
        Assert.InRange(worker.Said.Count(id => id == 45), 1, 4);
    }

    [Fact]
    public async Task What_a_worker_holds_wins_over_what_clickhouse_has_and_without_it_clickhouses_stands()
    {
        var orders = RandomEvents.Orders(7, 120);
        await using (var worker = await StartAsync())
        {
            await worker.CountAsync(Topics.Orders, orders[..100]);
            await worker.CountAsync(Topics.Orders, orders[100..], Flush.Live);
            await Eventually.HoldsAsync("all are counted", async () => await EventsAsync() == 120);
            await FlushAsync();
            await WholeAsync();
            await EqualsRecountAsync(orders, [], worker.Now);
        }

        await FlushAsync();
        await using var other = await StartAsync();
        await WholeAsync();
        await EqualsRecountAsync(orders[..100], [], other.Now);
    }

    [Fact]
    public async Task Of_two_workers_one_rebuilds_and_the_other_takes_over_when_it_stops_or_dies()
    {
        var orders = RandomEvents.Orders(8, 300);
        await using (var owner = await StartAsync())
        {
            await owner.CountAsync(Topics.Orders, orders, isLast: true);
        }

        // All is in ClickHouse, and its owner gone: a look before that would find nothing to rebuild.
        await FlushAsync();
        await using (var first = await StartAsync(settle: 600, lease: 8))
        {
            await Eventually.HoldsAsync("the first rebuilds", () => first.Said.Contains(43), Limit);
            await using var second = await StartAsync(lease: 8);

            // A worker that lives keeps its lease, beyond the length of it.
            await RenewedAsync(times: 6);
            Assert.DoesNotContain(43, second.Said);
            await first.StopRebuildAsync();
            await WholeAsync();
            await Eventually.HoldsAsync("the second says that it has rebuilt", () => second.Said.Where(id => id is 43 or 45).SequenceEqual([43, 45]), Limit);
            Assert.DoesNotContain(45, first.Said);

            // One that has died renews nothing. The figures are whole a moment before the lease is given back.
            await Eventually.HoldsAsync("the lease is free", () => _live.State.TryLeadAsync("dead", TimeSpan.FromSeconds(3)), Limit);
            await _live.MarkStaleAsync(true);
            await WholeAsync();
            await Eventually.HoldsAsync("the second says that it has rebuilt again", () => second.Said.Count(id => id == 45) == 2, Limit);
            await EqualsRecountAsync(orders, [], second.Now);
        }
    }

    [Fact]
    public async Task While_clickhouse_is_away_it_is_tried_again_and_the_figures_stay_stale()
    {
        await using var proxy = FaultProxy.To(_clickHouse);
        await using var worker = await StartAsync(proxy.Url);
        var orders = RandomEvents.Orders(9, 300);
        await worker.CountAsync(Topics.Orders, orders, isLast: true);
        await WholeAsync();
        await proxy.Begin(new ProxyFault.Refused());
        await FlushAsync();
        await Eventually.ValueAsync(
            "the rebuild has failed twice", () => Task.FromResult(string.Join(' ', worker.Said)), said => said.Split(' ').Count(id => id == "46") >= 2, Limit);
        Assert.True((await _live.ReadAsync(1, Today, worker.Now)).IsStale);
        proxy.Heal();
        await WholeAsync();
        await EqualsRecountAsync(orders, [], worker.Now);
    }

    [Fact]
    public async Task Where_nothing_was_ever_counted_there_is_nothing_to_rebuild()
    {
        Assert.True((await _live.ReadAsync(1, Today, DateTimeOffset.UnixEpoch)).IsStale);
        await using var worker = await StartAsync(settle: 600);
        await WholeAsync();
        Assert.DoesNotContain(43, worker.Said);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Users_come_from_session_cells_or_from_raw_events_and_are_the_same(bool sessions, bool isSealed)
    {
        await using var worker = await StartAsync(sessions: sessions);
        MadeEvent[] events = [.. Enumerable.Range(0, 500).Select(i => new MadeEvent
        {
            Id = (ulong)i + 1, Tenant = 1 + i % 3, User = $"größe{i % 100}", Created = MadeEvent.Noon - i % 12 * 60_000,
        })];
        await worker.CountAsync(Topics.Clickstream, events[..240]);
        await worker.CountAsync(Topics.Clickstream, events[240..], isLast: isSealed);
        await WholeAsync();
        await Eventually.HoldsAsync("all are counted", async () => await EventsAsync() == 500);
        var before = await _live.ReadAsync(1, Today, worker.Now);
        await FlushAsync();
        await WholeAsync();
        var after = await _live.ReadAsync(1, Today, worker.Now);
        Assert.Equal((100, before.ActiveUsers), (after.Visitors, after.ActiveUsers));
        Assert.NotEqual(after.Visitors, after.ActiveUsers);
        await worker.CountAsync(Topics.Clickstream, [.. events.Select(e => e with { Id = e.Id + 1_000 })], Flush.Live);
        await Eventually.HoldsAsync("they came again", async () => await EventsAsync() == 1_000);
        Assert.Equal(100, (await _live.ReadAsync(1, Today, worker.Now)).Visitors);
    }

    private async Task<RebuildingWorker> StartAsync(Uri? clickHouse = null, double settle = 3, bool sessions = true, double lease = 3) =>
        await RebuildingWorker.StartAsync(_redis.Connection, clickHouse ?? _clickHouse, _database, settle, sessions, lease);

    private Task FlushAsync() => _reading.GetServer(_reading.GetEndPoints()[0]).FlushAllDatabasesAsync();

    private Task WholeAsync() => Eventually.HoldsAsync("the live figures are whole", async () => await _live.State.StaleAsync() is null, Limit);

    private async Task RenewedAsync(int times)
    {
        var left = TimeSpan.Zero;
        await Eventually.HoldsAsync($"the lease was renewed {times} times", async () =>
        {
            var now = await _reading.GetDatabase().KeyTimeToLiveAsync(RedisKeys.Rebuild) ?? TimeSpan.Zero;
            times -= now > left ? 1 : 0;
            left = now;
            return times <= 0;
        }, Limit);
    }

    private async Task<long> EventsAsync()
    {
        var readings = await Task.WhenAll(Tenants.Select(tenant => _live.ReadAsync(tenant, Today, DateTimeOffset.UnixEpoch)));
        return readings.Sum(reading => reading.Totals[LiveFigure.Events]);
    }

    // Whoever believes what is not stale never sees a figure fall.
    private async Task WatchAsync(List<string> fallen, CancellationToken ended)
    {
        var highest = new Dictionary<ulong, long>();
        while (!ended.IsCancellationRequested)
        {
            foreach (var tenant in Tenants)
            {
                var reading = await _live.ReadAsync(tenant, Today, DateTimeOffset.UnixEpoch);
                var events = reading.Totals[LiveFigure.Events];
                if (!reading.IsStale && events < highest.GetValueOrDefault(tenant))
                {
                    fallen.Add($"events of tenant {tenant} fell from {highest[tenant]} to {events}");
                }

                highest[tenant] = reading.IsStale ? highest.GetValueOrDefault(tenant) : events;
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    private async Task EqualsRecountAsync(MadeEvent[] orders, MadeEvent[] clicks, DateTimeOffset now)
    {
        foreach (var tenant in Tenants)
        {
            var (placed, refunded) = (Of(orders, tenant).Where(order => order.OrderStatus == 0).ToArray(), Of(orders, tenant).Where(order => order.OrderStatus == 2));
            var lines = placed.SelectMany(order => order.Lines).ToArray();
            var expected = new LiveFigures
            {
                [LiveFigure.Revenue] = placed.Sum(Revenue),
                [LiveFigure.Orders] = placed.Length,
                [LiveFigure.Units] = lines.Sum(line => line.Quantity),
                [LiveFigure.PageViews] = Of(clicks, tenant).Count(click => click.Name == "page_view"),
                [LiveFigure.AddToCart] = Of(clicks, tenant).Count(click => click.Name == "add_to_cart"),
                [LiveFigure.CheckoutStarts] = Of(clicks, tenant).Count(click => click.Name == "checkout_start"),
                [LiveFigure.Discount] = lines.Sum(line => line.Discount),
                [LiveFigure.Refunds] = refunded.Sum(Revenue),
                [LiveFigure.Events] = Of(orders, tenant).Count() + Of(clicks, tenant).Count(),
            };
            var reading = await _live.ReadAsync(tenant, Today, now);
            Assert.Equal(Listed(expected), Listed(reading.Totals));
            Assert.Equal(Of(orders, tenant).Concat(Of(clicks, tenant)).Select(made => made.User).Distinct().Count(), reading.Visitors);
            foreach (var minute in reading.Minutes)
            {
                var start = minute.Start.ToUnixTimeMilliseconds();
                Assert.Equal(Of(orders, tenant).Concat(Of(clicks, tenant)).Count(made => made.Created >= start && made.Created < start + 60_000), minute.Figures[LiveFigure.Events]);
            }
        }
    }

    private static long[] Listed(LiveFigures figures) => [.. Enum.GetValues<LiveFigure>().Select(figure => figures[figure])];

    private static IEnumerable<MadeEvent> Of(MadeEvent[] events, ulong tenant) => events.Where(made => made.Tenant == (long)tenant);

    private static long Revenue(MadeEvent order) => order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount);
}
