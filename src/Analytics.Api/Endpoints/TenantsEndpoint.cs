using Analytics.Api.Access;
using Analytics.Api.Replies;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/tenants: what may I see?</summary>
internal static class TenantsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/tenants", async (HttpContext http, KeyRing keys, TenantDirectory tenants) =>
    {
        var readable = await tenants.ReadableAsync(await keys.ReaderAsync(http), http.RequestAborted);
        return new { tenants = readable.Select(TenantReply.Of) };
    });
}
