using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/funnel: how many come how far?</summary>
internal static class FunnelEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapQuestion("funnel", routes.Answer<FunnelAnswer>().OfAsync);
}
