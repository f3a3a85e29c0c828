using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/sessions: how long, how many pages, how many bounced?</summary>
internal static class SessionsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapQuestion("sessions", routes.Answer<SessionAnswer>().OfAsync);
}
