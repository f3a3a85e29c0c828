using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/retention: who comes back?</summary>
internal static class RetentionEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapQuestion("retention", routes.Answer<RetentionAnswer>().OfAsync);
}
