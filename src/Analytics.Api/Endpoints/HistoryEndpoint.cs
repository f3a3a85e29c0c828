using Analytics.Api.Access;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/metrics/history: how did it go?</summary>
internal static class HistoryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/metrics/history", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, HistoryQueries history, HistoryAnswer answer, AnswerCache answers, ApiOptions options, TimeProvider time) =>
    {
        var query = http.Request.Query;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
        return await answers.ReplyAsync(AnswerKey.Of("history", tenant.Id, query), http, async cancel =>
        {
            var range = await Period.OfAsync(query, tenant, history, time.GetUtcNow(), cancel);
            return await answer.OfAsync(HistoryQuestion.Read(query, tenant, range, options.MaxPoints), cancel);
        });
    });
}
