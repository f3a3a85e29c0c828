using Analytics.Api.Access;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/traffic: who comes, from where, and what comes of it?</summary>
internal static class TrafficEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/traffic", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, HistoryQueries history, TrafficAnswer traffic, AnswerCache answers, TimeProvider time) =>
    {
        var query = http.Request.Query;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
        return await answers.ReplyAsync(AnswerKey.Of("traffic", tenant.Id, query), http, async cancel =>
            await traffic.OfAsync(await SellerQuestion.ReadAsync(query, tenant, history, time.GetUtcNow(), cancel), cancel));
    });
}
