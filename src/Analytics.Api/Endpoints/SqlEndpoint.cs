using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/sql: anything, in the language of docs/QUERY-LANGUAGE.md.</summary>
internal static class SqlEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapQuestion("sql", routes.Answer<SqlAnswer>().OfAsync);
}
