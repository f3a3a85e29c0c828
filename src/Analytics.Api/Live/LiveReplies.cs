using System.Collections.Concurrent;
using System.Text.Json;
using Analytics.Api.Replies;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Live;

/// <summary>The realtime reply of a tenant in JSON, worked out once for all of its streams.</summary>
internal sealed class LiveReplies(RealtimeAnswer answer, ApiOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Shared> _shared = new();

    /// <summary>The reply, at most half as old as the time between two messages.</summary>
    public Task<byte[]> OfAsync(Tenant tenant, CancellationToken cancel)
    {
        var shared = _shared.GetOrAdd(tenant.Id, _ => new());
        lock (shared)
        {
            if (shared.Reply is null || time.GetElapsedTime(shared.AskedAt) >= TimeSpan.FromMilliseconds(options.LiveMilliseconds / 2.0))
            {
                // Not the caller's token: other streams wait for the same reply.
                (shared.Reply, shared.AskedAt) = (MakeAsync(tenant), time.GetTimestamp());
            }

            return shared.Reply.WaitAsync(cancel);
        }
    }

    private async Task<byte[]> MakeAsync(Tenant tenant) =>
        JsonSerializer.SerializeToUtf8Bytes(await answer.OfAsync(tenant, CancellationToken.None).ConfigureAwait(false), ReplyJson.Options);

    private sealed class Shared
    {
        public Task<byte[]>? Reply;
        public long AskedAt;
    }
}
