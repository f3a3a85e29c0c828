using StackExchange.Redis;

namespace Analytics.Storage.Redis;

/// <summary>Tells which tenants' live figures have changed: one subscription for all of them.</summary>
/// <remarks>The client subscribes again by itself when Redis comes back; what was published in between is not told, so listeners also look by themselves now and then.</remarks>
public sealed class LiveChanges(IConnectionMultiplexer redis)
{
    /// <summary>Calls <paramref name="changed"/> with the tenant, on a thread of the client: it must return at once.</summary>
    public Task SubscribeAsync(Action<long> changed) => redis.GetSubscriber().SubscribeAsync(RedisKeys.AnyLive, (channel, _) =>
    {
        if (RedisKeys.TenantOf(channel) is { } tenant)
        {
            changed(tenant);
        }
    });

    /// <summary>Whether Redis answers.</summary>
    public Task PingAsync() => redis.GetDatabase().PingAsync();
}
