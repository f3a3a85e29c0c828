using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/sql: anything, in the language of docs/QUERY-LANGUAGE.md.</summary>
internal static class SqlEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/api/v1/analytics/{app_id}/sql", (string app_id, HttpContext http, QuestionDesk desk, SqlAnswer answer) =>
            desk.AnswerAsync("sql", app_id, http, answer.OfAsync));
}
