using Analytics.Api.Access;
using Analytics.Api.Collecting;

namespace Analytics.Api.Endpoints;

/// <summary>POST /events and POST /api/v1/events/batch: takes events.</summary>
internal static class EventsEndpoint
{
    /// <summary>The policy by which pages of other sites may send.</summary>
    public const string Cors = "collector";

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/events", "/api/v1/events/batch"])
        {
            routes.MapPost(path, async (HttpContext http, KeyRing keys, EventCollector collector) =>
            {
                var key = await keys.WriterAsync(http);
                return Results.Json(await collector.CollectAsync(http.Request, key, http.RequestAborted), statusCode: StatusCodes.Status202Accepted);
            }).RequireCors(Cors);
        }
    }
}
