using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/funnel: how many come how far?</summary>
internal static class FunnelEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/api/v1/analytics/{app_id}/funnel", (string app_id, HttpContext http, QuestionDesk desk, FunnelAnswer answer) =>
            desk.AnswerAsync("funnel", app_id, http, answer.OfAsync));
}
