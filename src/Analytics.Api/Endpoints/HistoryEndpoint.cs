using Analytics.Api.Access;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/metrics/history: how did it go?</summary>
internal static class HistoryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/metrics/history", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, HistoryQueries history, HistoryCache answers, ApiOptions options, ApiMetrics metrics,
        TimeProvider time) =>
    {
        var started = time.GetTimestamp();
        var cancel = http.RequestAborted;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, cancel);
        var range = await Period.OfAsync(http.Request.Query, tenant, history, time.GetUtcNow(), cancel);
        var reply = await answers.OfAsync(HistoryQuestion.Read(http.Request.Query, tenant, range, options.MaxPoints), cancel);
        metrics.Answered("history", reply.Source, time.GetElapsedTime(started));
        return reply;
    });
}
