using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/paths: where do users go?</summary>
internal static class PathsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/api/v1/analytics/{app_id}/paths", (string app_id, HttpContext http, QuestionDesk desk, PathAnswer answer) =>
            desk.AnswerAsync("paths", app_id, http, answer.OfAsync));
}
