using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/query (GET with a body too, as some clients send it): numbers over time.</summary>
internal static class QueryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods(
        "/api/v1/analytics/{app_id}/query", ["GET", "POST"], (string app_id, HttpContext http, QuestionDesk desk, TrendAnswer answer) =>
            desk.AnswerAsync("query", app_id, http, answer.OfAsync));
}
