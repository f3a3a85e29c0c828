using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Analytics.Api.Access;
using Analytics.Core.Events;
using Analytics.Storage.Kafka;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;

namespace Analytics.Api.Collecting;

/// <summary>Takes the events of one request: judges each, sends the good ones, answers when Kafka has them.</summary>
internal sealed class EventCollector(EventSender sender, TenantDirectory tenants, ApiOptions options, ApiMetrics metrics, TimeProvider time)
{
    private const int RetryAfterSeconds = 5;

    /// <summary>The reply to a request of our own shape whose accepted events are all acknowledged.</summary>
    /// <exception cref="Problem">503 when one is not, with what became of each.</exception>
    public async Task<CollectedReply> CollectAsync(HttpRequest request, ApiKey key, CancellationToken cancel)
    {
        var receivedAt = time.GetUtcNow();
        using var body = await EventBody.ReadAsync(request, options.MaxBodyBytes, cancel).ConfigureAwait(false);
        var items = ItemsOf(body.RootElement, out var sentAt);
        return await CollectAsync(items, EventReader.Read, OriginOf(request, key, receivedAt, sentAt), key, cancel).ConfigureAwait(false);
    }

    /// <summary>The reply to events of any shape whose accepted ones are all acknowledged.</summary>
    /// <exception cref="Problem">503 when one is not, with what became of each.</exception>
    public async Task<CollectedReply> CollectAsync(IReadOnlyList<JsonElement> items, EventReading read, EventOrigin origin, ApiKey key, CancellationToken cancel)
    {
        var results = new EventResult[items.Count];
        var events = new ProducedEvent?[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            (results[i], events[i]) = Judge(items[i], read, origin, key);
        }

        // All of a request by one look-up: a server sends the events of a thousand sellers together.
        var ids = events.OfType<ProducedEvent>().Select(one => one.TenantId).Distinct().ToList();
        var known = await tenants.FindAsync(ids, cancel).ConfigureAwait(false);
        for (var i = 0; i < items.Count && known.Count < ids.Count; i++)
        {
            if (events[i] is { } one && !known.ContainsKey(one.TenantId))
            {
                (results[i], events[i]) = Refused(results[i].EventId, NotAllowed(one.TenantId));
            }
        }

        var started = Stopwatch.GetTimestamp();
        var failures = await Task.WhenAll(events.Select(SendAsync)).ConfigureAwait(false);
        return Reply(results, failures, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>What is known of a request that its events may leave out.</summary>
    public static EventOrigin OriginOf(HttpRequest request, ApiKey key, DateTimeOffset receivedAt, DateTimeOffset? sentAt)
    {
        // A server passes events of others on: its own address and agent say nothing about them.
        var agent = request.Headers.UserAgent.ToString();
        var isBrowser = agent.StartsWith("Mozilla/", StringComparison.Ordinal);
        return new(
            receivedAt,
            sentAt,
            key.TenantIds.Count == 1 ? key.TenantIds.First() : null,
            isBrowser ? request.HttpContext.Connection.RemoteIpAddress?.ToString() : null,
            isBrowser && agent.Length <= EventLimits.LongTextBytes ? agent : null);
    }

    private IReadOnlyList<JsonElement> ItemsOf(JsonElement root, out DateTimeOffset? sentAt)
    {
        sentAt = null;
        var array = root;
        if (root.ValueKind == JsonValueKind.Object)
        {
            JsonUnicode.CheckNames(root);
            if (!root.TryGetProperty("events", out array))
            {
                return [root];
            }

            var fields = new EventFields(root);
            sentAt = fields.Time("sent_at");
            if (fields.Refusal is { } refusal)
            {
                throw Problem.Invalid("sent_at", refusal.Detail);
            }
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw Problem.Invalid("events", "Expected {\"events\": […]}, an array of events, or one event; found something else.");
        }

        return array.GetArrayLength() <= options.MaxEvents
            ? [.. array.EnumerateArray()]
            : throw Problem.TooLarge($"Expected at most {options.MaxEvents} events; found {array.GetArrayLength()}. Send smaller batches.");
    }

    private (EventResult Result, ProducedEvent? Event) Judge(JsonElement item, EventReading reading, EventOrigin origin, ApiKey key)
    {
        var size = JsonMarshal.GetRawUtf8Value(item).Length;
        if (size > options.MaxEventBytes)
        {
            return Refused(null, Refusal.Of(Verdict.Oversized, $"Expected an event of at most {options.MaxEventBytes} bytes; found {size}."));
        }

        if (!JsonUnicode.IsIn(item))
        {
            return Refused(null, Refusal.Of(Verdict.InvalidUtf8, "Expected texts in Unicode (UTF-8); found bytes that are none, or half a surrogate pair."));
        }

        var (id, read, refusal) = reading(item, origin);
        if (read is not null && !key.MayWrite(read.TenantId))
        {
            refusal = NotAllowed(read.TenantId);
        }

        return refusal is null ? (new EventResult(id, EventResult.Accepted), read) : Refused(id == Guid.Empty ? null : id, refusal);
    }

    private static Refusal NotAllowed(long tenant) => new(Refusal.TenantNotAllowed, $"Expected a tenant that this key sends for; found {tenant}.");

    private (EventResult Result, ProducedEvent? Event) Refused(Guid? id, Refusal refusal)
    {
        metrics.Rejected(refusal.Reason);
        return (new(id, EventResult.Rejected, refusal.Reason, refusal.Detail), null);
    }

    // The caller may go away while Kafka is being waited for; the events are sent all the same.
    private async Task<Exception?> SendAsync(ProducedEvent? read)
    {
        try
        {
            if (read is not null)
            {
                await sender.SendAsync(read, CancellationToken.None).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception error) when (error is BrokerUnavailableException or RegistryUnavailableException)
        {
            return error;
        }
    }

    private CollectedReply Reply(EventResult[] results, Exception?[] failures, TimeSpan taken)
    {
        var failed = failures.Count(failure => failure is not null);
        var rejected = results.Count(result => result.Status == EventResult.Rejected);
        var accepted = results.Length - rejected - failed;
        metrics.Collected("acknowledged", accepted);
        metrics.Collected("rejected", rejected);
        metrics.Collected("failed", failed);
        if (failed == 0)
        {
            metrics.Acknowledged(taken);
            return new(accepted, rejected, results);
        }

        var told = results.Zip(failures, (result, failure) => failure is null ? result : result with { Status = EventResult.Failed }).ToArray();
        throw new Problem(
            StatusCodes.Status503ServiceUnavailable,
            "log-unavailable",
            "The log is away",
            $"{failed} of {results.Length} events were not acknowledged ({failures.First(failure => failure is not null)!.Message}). "
                + "Send those of status 'failed' again with the event_id given here: one that did arrive is then recognised and not counted twice.")
        {
            RetryAfter = RetryAfterSeconds,
            Extensions = new Dictionary<string, object?> { ["accepted"] = accepted, ["rejected"] = rejected, ["failed"] = failed, ["events"] = told },
        };
    }
}
