using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/lifecycle and …/stickiness: how do active users come and go, and how often are they active?</summary>
internal static class ActivityEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/analytics/{app_id}/lifecycle", (string app_id, HttpContext http, QuestionDesk desk, ActivityAnswer answer) =>
            desk.AnswerAsync("lifecycle", app_id, http, answer.LifecycleAsync));
        routes.MapPost("/api/v1/analytics/{app_id}/stickiness", (string app_id, HttpContext http, QuestionDesk desk, ActivityAnswer answer) =>
            desk.AnswerAsync("stickiness", app_id, http, answer.StickinessAsync));
    }
}
