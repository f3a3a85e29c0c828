using Analytics.Api.Access;
using Analytics.Api.Replies;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/audit: who did what, when, from where; for admins, and for owners as far as it is about their tenants only.</summary>
internal static class AuditEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/audit", async (HttpContext http, KeyRing ring, AuditLog audit) =>
    {
        var caller = await ring.KeeperAsync(http);
        var page = PageOf.Read(http.Request.Query);
        var found = await audit.ReadAsync(page.After, page.Limit, caller.TenantsOf(Rights.Manage), http.RequestAborted);
        return new { entries = found.Select(AuditReply.Of), next = page.Next(found, entry => entry.Id) };
    });
}
