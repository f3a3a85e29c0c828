using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/retention: who comes back?</summary>
internal static class RetentionEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/api/v1/analytics/{app_id}/retention", (string app_id, HttpContext http, QuestionDesk desk, RetentionAnswer answer) =>
            desk.AnswerAsync("retention", app_id, http, answer.OfAsync));
}
