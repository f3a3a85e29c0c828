using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/sessions: how long, how many pages, how many bounced?</summary>
internal static class SessionsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/api/v1/analytics/{app_id}/sessions", (string app_id, HttpContext http, QuestionDesk desk, SessionAnswer answer) =>
            desk.AnswerAsync("sessions", app_id, http, answer.OfAsync));
}
