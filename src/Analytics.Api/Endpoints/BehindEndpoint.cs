using System.Text.Json;
using System.Text.Json.Nodes;
using Analytics.Api.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>GET and POST /api/v1/analytics/{app_id}/behind: who is behind a figure?</summary>
internal static class BehindEndpoint
{
    private const string Path = "/api/v1/analytics/{app_id}/behind";

    // Empty ones are of a member of the point that is not there.
    private static readonly string[] Plain = ["of", "figure", "as_of", "step", "start", "after", "periods", "from", "to", "variant", "goal", "limit", "cursor"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, async (string app_id, HttpContext http, QuestionDesk desk, BehindAnswer answer) =>
            await desk.AnswerAsync("behind", await desk.TenantAsync(app_id, http), Question(http.Request.Query), http, answer.OfAsync));
        routes.MapPost(Path, (string app_id, HttpContext http, QuestionDesk desk, BehindAnswer answer) => desk.AnswerAsync("behind", app_id, http, answer.OfAsync));
    }

    private static JsonElement Question(IQueryCollection query)
    {
        var question = new JsonObject();
        foreach (var name in Plain.Where(name => query[name].ToString().Length > 0))
        {
            question[name] = query[name].ToString();
        }

        if (query.ContainsKey("label"))
        {
            // What is not known is a group as well.
            question["label"] = query["label"].ToString();
        }

        foreach (var name in ((string[])["is_end", "is_other"]).Where(name => query[name].ToString().Length > 0))
        {
            question[name] = query[name].ToString() switch { "true" => true, "false" => false, var other => other };
        }

        question["question"] = Asked(query["question"].ToString());
        var asked = JsonSerializer.SerializeToElement(question);
        JsonUnicode.Check(asked);
        return asked;
    }

    private static JsonNode? Asked(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonUnicode.Check(document.RootElement);
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw Problem.Invalid("question", "Expected the question in JSON, as it was asked, with its start and end; found something else.");
        }
    }
}
