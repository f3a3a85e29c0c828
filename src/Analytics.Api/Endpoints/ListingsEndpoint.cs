using Analytics.Api.Access;
using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/listings: how good are the listings, and what would make them better?</summary>
internal static class ListingsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/listings", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, ListingsAnswer listings, AnswerCache answers) =>
    {
        var query = http.Request.Query;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
        return await answers.ReplyAsync(AnswerKey.Of("listings", tenant.Id, query), http, cancel => listings.OfAsync(tenant, query, cancel));
    });
}
