using Analytics.Api.Access;
using Analytics.Api.Live;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/metrics/realtime: how is today going?</summary>
internal static class RealtimeEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/api/v1/sellers/{id:long}/metrics/realtime", async (long id, HttpContext http, KeyRing keys, TenantDirectory tenants, RealtimeAnswer answer) =>
        {
            var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
            return await answer.OfAsync(tenant, http.RequestAborted);
        });
}
