using System.Collections.Concurrent;
using Analytics.Storage.Redis;

namespace Analytics.Api.Live;

/// <summary>Passes Redis' news of changed tenants on to all live streams.</summary>
internal sealed class LiveFeed(LiveChanges changes) : BackgroundService
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _next = new();

    /// <summary>Done when the tenant's figures change after this call.</summary>
    public Task NextChange(long tenant) => _next.GetOrAdd(tenant, _ => NewSource()).Task;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => changes.SubscribeAsync(Changed);

    // Only tenants that somebody watches have an entry, and it goes with the news.
    private void Changed(long tenant)
    {
        if (_next.TryRemove(tenant, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
