using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/lifecycle and …/stickiness: how do active users come and go, and how often are they active?</summary>
internal static class ActivityEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var activity = routes.Answer<ActivityAnswer>();
        routes.MapQuestion("lifecycle", activity.LifecycleAsync);
        routes.MapQuestion("stickiness", activity.StickinessAsync);
    }
}
