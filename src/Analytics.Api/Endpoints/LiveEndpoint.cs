using Analytics.Api.Access;
using Analytics.Api.Live;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/live: tell me as it changes.</summary>
internal static class LiveEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/api/v1/sellers/{id:long}/live", async (long id, HttpContext http, KeyRing keys, TenantDirectory tenants, LiveStreams streams) =>
        {
            var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
            await streams.ServeAsync(http, tenant);
        });
}
