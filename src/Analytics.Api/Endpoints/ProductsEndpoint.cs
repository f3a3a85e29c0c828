using Analytics.Api.Access;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/products/performance: which products sell, which do not, which do better than before?</summary>
internal static class ProductsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/products/performance", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, HistoryQueries history, ProductsAnswer products, AnswerCache answers, TimeProvider time) =>
    {
        var query = http.Request.Query;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
        return await answers.ReplyAsync(AnswerKey.Of("products", tenant.Id, query), http, async cancel =>
            await products.OfAsync(await SellerQuestion.ReadAsync(query, tenant, history, time.GetUtcNow(), cancel), query, cancel));
    });
}
