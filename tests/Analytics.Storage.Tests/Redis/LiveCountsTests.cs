using Analytics.Storage.Redis;
using Analytics.Testing;
using StackExchange.Redis;

namespace Analytics.Storage.Tests.Redis;

public sealed class LiveCountsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 22);
    private static ulong _tenants;
    private readonly ulong _tenant = Interlocked.Increment(ref _tenants);
    private ConnectionMultiplexer _redis = null!;
    private LiveCounts _counts = null!;

    public async Task InitializeAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync((await RedisServer.SharedAsync()).Connection);
        _counts = new LiveCounts(_redis);
    }

    public async Task DisposeAsync()
    {
        await _redis.CloseAsync();
        _redis.Dispose();
    }

    [Fact]
    public async Task Only_a_higher_version_of_a_part_changes_the_totals()
    {
        Assert.Equal(1, await _counts.WriteAsync([Part(version: 10, revenue: 500)]));
        Assert.Equal(0, await _counts.WriteAsync([Part(version: 10, revenue: 500)]));
        Assert.Equal(0, await _counts.WriteAsync([Part(version: 9, revenue: 100)]));
        Assert.Equal(500, await RevenueAsync());
        Assert.Equal(1, await _counts.WriteAsync([Part(version: 11, revenue: 700)]));
        Assert.Equal(700, await RevenueAsync());
    }

    [Fact]
    public async Task Parts_of_other_chunks_partitions_and_epochs_add_up()
    {
        await _counts.WriteAsync(
        [
            Part(1, 1), Part(1, 10) with { Chunk = 5 }, Part(1, 100) with { Partition = 1 }, Part(1, 1_000) with { Epoch = 2 }, Part(1, 10_000) with { Topic = "other" },
        ]);
        Assert.Equal(11_111, await RevenueAsync());
    }

    [Fact]
    public async Task Amounts_are_exact_to_nine_quadrillion_and_may_fall()
    {
        await _counts.WriteAsync([Part(1, 9_007_199_254_740_991)]);
        Assert.Equal(9_007_199_254_740_991, await RevenueAsync());
        await _counts.WriteAsync([Part(2, 7)]);
        Assert.Equal(7, await RevenueAsync());
    }

    [Fact]
    public async Task The_hour_runs_on_over_midnight()
    {
        var minute = (int)(Midnight.ToUnixTimeSeconds() / 60);
        await _counts.WriteAsync([Part(1, 5) with { Minute = minute - 1 }, Part(1, 7) with { Minute = minute }]);
        var reading = await _counts.ReadAsync(_tenant, Today, Midnight);
        Assert.Equal([5L, 7L], reading.Minutes.TakeLast(2).Select(read => read.Figures[LiveFigure.Revenue]));
        Assert.Equal(Midnight.AddMinutes(-59), reading.Minutes[0].Start);
        Assert.Equal(7, reading.Totals[LiveFigure.Revenue]);
        Assert.Equal(5, (await _counts.ReadAsync(_tenant, Today.AddDays(-1), Midnight)).Totals[LiveFigure.Revenue]);
    }

    [Fact]
    public async Task A_thousand_parts_go_in_one_call()
    {
        var minute = (int)(Midnight.ToUnixTimeSeconds() / 60);
        Assert.Equal(1_200, await _counts.WriteAsync([.. Enumerable.Range(0, 1_200).Select(i => Part(1, 2) with { Minute = minute + i })]));
        Assert.Equal(2_400, await RevenueAsync());
    }

    [Fact]
    public async Task Visitors_are_counted_once()
    {
        var minute = (int)(Midnight.ToUnixTimeSeconds() / 60);
        LiveVisitor[] visitors = [new(_tenant, minute, 1), new(_tenant, minute + 1, 1), new(_tenant, minute + 1, 2)];
        await _counts.AddVisitorsAsync(visitors, Midnight);
        await _counts.AddVisitorsAsync(visitors, Midnight);
        var reading = await _counts.ReadAsync(_tenant, Today, Midnight.AddMinutes(1));
        Assert.Equal((2, 2), (reading.Visitors, reading.ActiveUsers));
    }

    [Fact]
    public async Task Thousands_of_visitors_of_several_days_and_tenants_are_each_counted_where_they_were()
    {
        var minute = (int)(Midnight.ToUnixTimeSeconds() / 60);
        var other = Interlocked.Increment(ref _tenants);
        List<LiveVisitor> visitors = [.. Enumerable.Range(0, 6_000).Select(i => new LiveVisitor(i % 3 == 0 ? other : _tenant, minute - i % 2, (ulong)(i % 1_500) * 0x9E3779B97F4A7C15 + 1))];
        await _counts.AddVisitorsAsync(visitors, Midnight);
        foreach (var tenant in new[] { _tenant, other })
        {
            foreach (var day in new[] { 0, 1 })
            {
                var expected = visitors.Where(visitor => visitor.Tenant == tenant && visitor.Minute == minute - day).Select(visitor => visitor.UserHash).Distinct().Count();
                var reading = await _counts.ReadAsync(tenant, Today.AddDays(-day), Midnight);
                Assert.InRange(reading.Visitors, expected * 0.97, expected * 1.03);
            }
        }
    }

    [Fact]
    public async Task A_tenant_without_traffic_reads_as_zero()
    {
        var reading = await _counts.ReadAsync(_tenant, Today, Midnight);
        Assert.Equal(default, reading.Totals);
        Assert.Equal((0, 0, 60), (reading.Visitors, reading.ActiveUsers, reading.Minutes.Count));
    }

    [Fact]
    public async Task Every_key_ends()
    {
        await _counts.WriteAsync([Part(1, 5)]);
        await _counts.AddVisitorsAsync([new LiveVisitor(_tenant, (int)(Midnight.ToUnixTimeSeconds() / 60), 1)], Midnight);
        foreach (var key in new[]
        {
            RedisKeys.Metrics(_tenant, Today), RedisKeys.Minutes(_tenant, Today), RedisKeys.Parts(_tenant, Today), RedisKeys.Visitors(_tenant, Today),
            RedisKeys.Active(_tenant, Midnight.ToUnixTimeSeconds() / 60),
        })
        {
            Assert.NotNull(await _redis.GetDatabase().KeyTimeToLiveAsync(key));
        }
    }

    [Fact]
    public async Task Several_versions_of_a_part_in_one_call_count_as_the_highest()
    {
        Assert.Equal(2, await _counts.WriteAsync([Part(10, 500), Part(12, 700), Part(11, 600)]));
        Assert.Equal(700, await RevenueAsync());
        Assert.Equal(0, await _counts.WriteAsync([Part(12, 700)]));
    }

    [Fact]
    public async Task Parts_of_several_tenants_and_days_come_in_any_order()
    {
        var other = Interlocked.Increment(ref _tenants);
        var minute = (int)(Midnight.ToUnixTimeSeconds() / 60);
        await _counts.WriteAsync(
        [
            Part(1, 1) with { Minute = minute }, Part(1, 10) with { Tenant = other, Minute = minute }, Part(1, 100) with { Minute = minute - 1 },
            Part(1, 1_000) with { Tenant = other, Minute = minute - 1 }, Part(1, 10_000) with { Minute = minute + 1 },
        ]);
        async Task<long> OfAsync(ulong tenant, DateOnly day) => (await _counts.ReadAsync(tenant, day, Midnight)).Totals[LiveFigure.Revenue];
        Assert.Equal((10_001, 100), (await OfAsync(_tenant, Today), await OfAsync(_tenant, Today.AddDays(-1))));
        Assert.Equal((10, 1_000), (await OfAsync(other, Today), await OfAsync(other, Today.AddDays(-1))));
    }

    [Fact]
    public async Task A_part_that_falls_takes_its_difference_from_the_totals_and_the_minute()
    {
        await _counts.WriteAsync([Part(1, -500), Part(1, 40) with { Chunk = 9 }]);
        await _counts.WriteAsync([Part(2, -700)]);
        var reading = await _counts.ReadAsync(_tenant, Today, Midnight);
        Assert.Equal((-660, -660), (reading.Totals[LiveFigure.Revenue], reading.Minutes[^1].Figures[LiveFigure.Revenue]));
        Assert.Equal(2, reading.Totals[LiveFigure.Orders]);
    }

    [Fact]
    public async Task Users_beyond_one_argument_and_one_call_are_all_counted()
    {
        var minute = (int)(Midnight.ToUnixTimeSeconds() / 60);
        await _counts.AddVisitorsAsync([.. Enumerable.Range(1, 9_500).Select(i => new LiveVisitor(_tenant, minute, (ulong)i * 0x9E3779B97F4A7C15))], Midnight);
        var reading = await _counts.ReadAsync(_tenant, Today, Midnight);
        Assert.InRange(reading.Visitors, 9_200, 9_800);
        Assert.Equal(reading.Visitors, reading.ActiveUsers);
    }

    private LivePart Part(long version, long revenue)
    {
        var figures = new LiveFigures { [LiveFigure.Revenue] = revenue, [LiveFigure.Orders] = 1 };
        return new LivePart(_tenant, (int)(Midnight.ToUnixTimeSeconds() / 60), 1, "order-events", 0, 0, version, figures);
    }

    private async Task<long> RevenueAsync() => (await _counts.ReadAsync(_tenant, Today, Midnight)).Totals[LiveFigure.Revenue];
}
