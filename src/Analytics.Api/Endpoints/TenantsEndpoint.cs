using Analytics.Api.Access;
using Analytics.Api.Replies;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/tenants?limit&amp;cursor: what may I see?</summary>
internal static class TenantsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/tenants", async (HttpContext http, KeyRing keys, TenantDirectory tenants) =>
    {
        var key = await keys.ReaderAsync(http);
        var page = PageOf.Read(http.Request.Query, TenantDirectory.MostListed, TenantDirectory.MostListed);
        var readable = await tenants.ReadableAsync(key, page.After ?? 0, page.Limit, http.RequestAborted);
        return new { tenants = readable.Select(TenantReply.Of), next = page.Next(readable, tenant => tenant.Id) };
    });
}
