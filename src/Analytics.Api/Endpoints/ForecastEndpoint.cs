using Analytics.Api.Access;
using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/inventory/forecast: when will stocks be sold out?</summary>
internal static class ForecastEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/inventory/forecast", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, ForecastAnswer forecast, AnswerCache answers) =>
    {
        var query = http.Request.Query;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
        return await answers.ReplyAsync(AnswerKey.Of("forecast", tenant.Id, query), http, cancel => forecast.OfAsync(tenant, query, cancel));
    });
}
