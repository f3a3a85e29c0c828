using System.Text.Json;
using Analytics.Api.Access;
using Analytics.Api.Collecting;

namespace Analytics.Api.Endpoints;

/// <summary>POST /v1/track, /v1/page, /v1/identify, /v1/batch: takes messages of Segment's shape, so that a client of Segment's needs another address only.</summary>
/// <remarks>The write key comes as the user's name of Basic authentication, as the servers' clients send it, or as <c>writeKey</c> in the body, as the browser's does.</remarks>
internal static class SegmentEndpoint
{
    // Segment's own limits, which its clients keep: 500 KB and 2,500 messages a batch; a message is limited as any event, 32 KiB.
    private const int MostBytes = 500 * 1024;
    private const int MostMessages = 2_500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var type in (string[])["track", "page", "identify"])
        {
            var read = SegmentReader.Of(type);
            routes.MapPost("/v1/" + type, (HttpContext http, KeyRing keys, EventCollector collector, TimeProvider time) =>
                CollectAsync(http, keys, collector, time, body => ([body], null), read)).RequireCors(EventsEndpoint.Cors);
        }

        routes.MapPost("/v1/batch", (HttpContext http, KeyRing keys, EventCollector collector, TimeProvider time) =>
            CollectAsync(http, keys, collector, time, Batch, SegmentReader.Read)).RequireCors(EventsEndpoint.Cors);
    }

    private static async Task<IResult> CollectAsync(
        HttpContext http, KeyRing keys, EventCollector collector, TimeProvider time,
        Func<JsonElement, (IReadOnlyList<JsonElement> Messages, DateTimeOffset? SentAt)> messagesOf, EventReading read)
    {
        var receivedAt = time.GetUtcNow();
        using var body = await EventBody.ReadAsync(http.Request, MostBytes, http.RequestAborted);
        if (body.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw Problem.Invalid("body", $"Expected an object; found {RequestBody.Kind(body.RootElement)}.");
        }

        JsonUnicode.CheckNames(body.RootElement);
        var key = KeyRing.TextOf(http.Request) is null && new EventFields(body.RootElement).Text("writeKey", limit: 128) is { } inBody
            ? await keys.WriterAsync(inBody, http.RequestAborted)
            : await keys.WriterAsync(http);
        var (messages, sentAt) = messagesOf(body.RootElement);
        var origin = EventCollector.OriginOf(http.Request, key, receivedAt, sentAt);
        return Results.Json(await collector.CollectAsync(messages, read, origin, key, http.RequestAborted), statusCode: StatusCodes.Status202Accepted);
    }

    private static (IReadOnlyList<JsonElement> Messages, DateTimeOffset? SentAt) Batch(JsonElement body)
    {
        if (!body.TryGetProperty("batch", out var batch) || batch.ValueKind != JsonValueKind.Array)
        {
            throw Problem.Invalid("batch", "Expected {\"batch\": […]}, an array of messages; found none.");
        }

        if (batch.GetArrayLength() > MostMessages)
        {
            throw Problem.TooLarge($"Expected at most {MostMessages} messages; found {batch.GetArrayLength()}. Send smaller batches.");
        }

        var fields = new EventFields(body);
        var sentAt = fields.Time("sentAt");
        return fields.Refusal is { } refusal ? throw Problem.Invalid("sentAt", refusal.Detail) : ([.. batch.EnumerateArray()], sentAt);
    }
}
