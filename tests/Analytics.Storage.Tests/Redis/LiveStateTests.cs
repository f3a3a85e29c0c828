using Analytics.Storage.Redis;
using Analytics.Testing;
using StackExchange.Redis;

namespace Analytics.Storage.Tests.Redis;

public sealed class LiveStateTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private RedisServer _server = null!;
    private ConnectionMultiplexer _redis = null!;
    private LiveState _state = null!;

    private IServer Server => _redis.GetServer(_redis.GetEndPoints()[0]);

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync(_server.Connection + ",allowAdmin=true");
        _state = new LiveState(_redis);
    }

    public async Task DisposeAsync()
    {
        await _redis.CloseAsync();
        _redis.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_has_no_name_is_stale_and_what_is_named_anew_is_until_it_is_rebuilt()
    {
        Assert.NotNull(await _state.StaleAsync());
        Assert.Equal("a", await _state.IncarnationAsync("a"));
        Assert.Equal("a", await _state.IncarnationAsync("b"));
        Assert.Equal("a", await _state.StaleAsync());
        Assert.True(await _state.TryLeadAsync("worker", Lease));
        Assert.True(await _state.TryFinishAsync("worker", "a"));
        Assert.Null(await _state.StaleAsync());
        await Server.FlushAllDatabasesAsync();
        Assert.NotNull(await _state.StaleAsync());
    }

    [Fact]
    public async Task A_redis_that_has_gone_back_in_time_is_a_loss_and_one_that_has_not_is_none()
    {
        await _state.MarkWholeAsync();
        var name = await _state.IncarnationAsync("a");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _state.BeatAsync()));
        Assert.Equal(name, await _state.IncarnationAsync("b"));
        var beat = Assert.Single(Server.Keys(pattern: "live:{state}:beat:*"));
        Assert.Equal(20, (long)await _redis.GetDatabase().StringGetAsync(beat));
        await _redis.GetDatabase().StringSetAsync(beat, 19);
        Assert.Equal("c", await _state.IncarnationAsync("c"));
        Assert.Equal("c", await _state.StaleAsync());
        Assert.Equal("c", await _state.IncarnationAsync("d"));
    }

    [Fact]
    public async Task A_take_over_finds_what_the_owner_before_it_has_not_written()
    {
        var (partition, other) = (new LivePartition(7, "orders", 2), new LivePartition(8, "orders", 2));
        await _state.MarkWholeAsync();
        var name = await _state.IncarnationAsync("a");
        await _state.ReachAsync(partition, 100, name);
        await _state.ReachAsync(partition, 50, name);
        Assert.True(await _state.TakeOverAsync(partition, 100));
        Assert.Null(await _state.StaleAsync());
        await _state.ReachAsync(partition, 200, "another content");
        Assert.False(await _state.TakeOverAsync(partition, 200));
        var loss = await _state.StaleAsync();
        Assert.NotNull(loss);
        Assert.True(await _state.TakeOverAsync(partition, 200));
        Assert.Equal(loss, await _state.StaleAsync());
        Assert.False(await _state.TakeOverAsync(other, 1));
    }

    [Fact]
    public async Task One_worker_leads_and_a_loss_in_between_or_a_lost_lease_keeps_the_mark()
    {
        await _state.IncarnationAsync("a");
        Assert.True(await _state.TryLeadAsync("one", Lease));
        Assert.False(await _state.TryLeadAsync("two", Lease));
        Assert.False(await _state.TryStayAsync("two", Lease));
        Assert.False(await _state.TryFinishAsync("two", "a"));
        await _state.MarkStaleAsync();
        Assert.False(await _state.TryFinishAsync("one", "a"));
        await _state.LeaveAsync("two");
        Assert.True(await _state.TryStayAsync("one", Lease));
        await _state.LeaveAsync("one");
        Assert.False(await _state.TryStayAsync("one", Lease));
        Assert.True(await _state.TryLeadAsync("two", Lease));
        Assert.True(await _state.TryFinishAsync("two", (await _state.StaleAsync())!));
        Assert.Null(await _state.StaleAsync());
    }
}
