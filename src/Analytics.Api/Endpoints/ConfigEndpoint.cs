using Analytics.Api.Access;
using Analytics.Api.Replies;

namespace Analytics.Api.Endpoints;

/// <summary>GET /config.json: what the dashboard has to know before it can ask.</summary>
/// <remarks>Where <c>Dashboard__ReadKey</c> is set, the figures of its tenants are open to everyone who can reach the page: for the one-machine demo.</remarks>
internal static class ConfigEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, string? readKey) => routes.MapGet("/config.json", async (
        HttpContext http, KeyRing keys, TenantDirectory tenants) =>
    {
        http.Response.Headers.CacheControl = "no-cache";
        if (readKey is null || await keys.FindAsync(readKey, http.RequestAborted) is not { } key)
        {
            return Results.Json(new { tenants = Array.Empty<TenantReply>() });
        }

        var readable = await tenants.ReadableAsync(key, after: 0, TenantDirectory.MostListed, http.RequestAborted);
        return Results.Json(new { read_key = readKey, tenants = readable.Select(TenantReply.Of) });
    });
}
