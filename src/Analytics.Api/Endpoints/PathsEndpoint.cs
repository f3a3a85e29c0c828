using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/paths: where do users go?</summary>
internal static class PathsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapQuestion("paths", routes.Answer<PathAnswer>().OfAsync);
}
