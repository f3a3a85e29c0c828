using System.Text.Json;
using System.Text.Json.Nodes;
using Analytics.Api.Questions;
using Analytics.Core.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/analytics/{app_id}/events: the events behind a figure.</summary>
internal static class EventListEndpoint
{
    private static readonly string[] Plain = [.. QuestionTime.Fields, "limit", "cursor"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/api/v1/analytics/{app_id}/events", async (string app_id, HttpContext http, QuestionDesk desk, EventListAnswer answer) =>
            await desk.AnswerAsync("events", await desk.TenantAsync(app_id, http), Question(http.Request.Query), http, answer.OfAsync));

    private static JsonElement Question(IQueryCollection query)
    {
        var question = new JsonObject();
        foreach (var name in Plain.Where(name => query[name].ToString().Length > 0))
        {
            question[name] = query[name].ToString();
        }

        var filters = new JsonArray([.. query["filter"].OfType<string>().Where(text => text.Length > 0).Select(MetricsEndpoint.FilterOf)]);
        if (query["name"].ToString() is { Length: > 0 } events)
        {
            filters.Add(new JsonObject { ["property"] = "name", ["value"] = new JsonArray([.. events.Split(',').Select(one => JsonValue.Create(one.Trim()))]) });
        }

        question["filter"] = filters;
        var asked = JsonSerializer.SerializeToElement(question);
        JsonUnicode.Check(asked);
        return asked;
    }
}
