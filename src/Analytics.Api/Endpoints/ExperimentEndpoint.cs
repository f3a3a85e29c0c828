using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/experiment: does one variant do better?</summary>
internal static class ExperimentEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapQuestion("experiment", routes.Answer<ExperimentAnswer>().OfAsync);
}
