using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/query (GET with a body too, as some clients send it): numbers over time.</summary>
internal static class QueryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var trends = routes.Answer<TrendAnswer>();
        // Trends of one request are of one moment.
        routes.MapQuestion(
            QuestionKinds.Trend, trends.OfAsync, ["GET", "POST"],
            (tenant, node, context, batch, cancel) => trends.OfAsync(tenant, node, context with { Now = batch.Now }, batch, cancel));
    }
}
