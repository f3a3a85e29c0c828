using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Live;

/// <summary>Sends a tenant's figures to a client as they change, as server-sent events.</summary>
/// <remarks>
/// The first message comes at once, then one when Redis tells of a change, at most one in <see cref="ApiOptions.LiveMilliseconds"/>. Without news the figures are
/// looked at every few seconds, because minutes pass and Redis may be away. A stream ends with its client, or when the process stops.
/// </remarks>
internal sealed class LiveStreams(
    LiveFeed feed, LiveReplies replies, ApiOptions options, ApiMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(5);

    private int _open;

    /// <summary>Serves one client until it or the process goes.</summary>
    public async Task ServeAsync(HttpContext http, Tenant tenant)
    {
        if (Interlocked.Increment(ref _open) > options.MaxStreams)
        {
            Interlocked.Decrement(ref _open);
            throw Problem.Away("stream", $"{options.MaxStreams} live streams are open, as many as are allowed. Try again later, or ask for /metrics/realtime now and then.");
        }

        metrics.Stream(1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await RunAsync(http, tenant, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The usual end of a stream.
        }
        finally
        {
            metrics.Stream(-1);
            Interlocked.Decrement(ref _open);
        }
    }

    private static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        await response.Body.WriteAsync(head, cancel).ConfigureAwait(false);
        await response.Body.WriteAsync(data, cancel).ConfigureAwait(false);
        await response.Body.WriteAsync("\n\n"u8.ToArray(), cancel).ConfigureAwait(false);
        await response.Body.FlushAsync(cancel).ConfigureAwait(false);
    }

    private async Task RunAsync(HttpContext http, Tenant tenant, CancellationToken ended)
    {
        var change = feed.NextChange(tenant.Id);
        var last = await replies.OfAsync(tenant, ended).ConfigureAwait(false);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await SendAsync(http.Response, last, ended).ConfigureAwait(false);
        var sentAt = time.GetTimestamp();
        while (true)
        {
            await Task.WhenAny(change, Task.Delay(LookAnyway, time, ended)).ConfigureAwait(false);
            // Changes of the next moment are told together with this one.
            await Task.Delay(TimeSpan.FromMilliseconds(options.LiveMilliseconds), time, ended).ConfigureAwait(false);
            // Taken before the look, so that a change during it is not missed.
            change = feed.NextChange(tenant.Id);
            var reply = await LookAsync(tenant, last, ended).ConfigureAwait(false);
            if (!ReferenceEquals(reply, last) && !reply.AsSpan().SequenceEqual(last))
            {
                await SendAsync(http.Response, reply, ended).ConfigureAwait(false);
                (last, sentAt) = (reply, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(sentAt) >= TimeSpan.FromSeconds(options.HeartbeatSeconds))
            {
                await WriteAsync(http.Response, ": still here"u8.ToArray(), default, ended).ConfigureAwait(false);
                sentAt = time.GetTimestamp();
            }
        }
    }

    // With Redis and ClickHouse both away there is nothing new to tell; the stream stays open and goes on with them.
    private async Task<byte[]> LookAsync(Tenant tenant, byte[] last, CancellationToken ended)
    {
        try
        {
            return await replies.OfAsync(tenant, ended).ConfigureAwait(false);
        }
        catch (ClickHouseUnavailableException)
        {
            return last;
        }
    }

    private async Task SendAsync(HttpResponse response, byte[] json, CancellationToken ended)
    {
        await WriteAsync(response, "event: metrics\ndata: "u8.ToArray(), json, ended).ConfigureAwait(false);
        metrics.Message();
    }
}
