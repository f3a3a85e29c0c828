using System.Text.Json;
using System.Text.Json.Nodes;
using Analytics.Api.Questions;
using Analytics.Core.Questions;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/metrics?name&amp;range&amp;group_by&amp;filter: the same numbers over time, asked by the parameters of an address.</summary>
internal static class MetricsEndpoint
{
    // As they are called in a question's JSON.
    private static readonly string[] Plain = ["range", "start", "end", "granularity", "week_start", "time_zone", "bots", "compare", "source", "limit", "moving_average"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/metrics", async (HttpContext http, QuestionDesk desk, TrendAnswer answer) =>
    {
        var app = http.Request.Query["app_id"].ToString();
        var tenant = app.Length > 0 ? await desk.TenantAsync(app, http) : await desk.OnlyTenantAsync(http);
        try
        {
            return await desk.AnswerAsync("metrics", tenant, Question(http.Request.Query), http, answer.OfAsync);
        }
        catch (InvalidQuestionException question)
        {
            throw new InvalidQuestionException([.. question.Faults.Select(fault => fault with { Path = NameOf(fault.Path, http.Request.Query) })]);
        }
    });

    // Who asks by parameters is told of parameters.
    private static string NameOf(string path, IQueryCollection query) =>
        path.StartsWith("metrics", StringComparison.Ordinal) ? "name" + path["metrics".Length..]
        : path.StartsWith("breakdown", StringComparison.Ordinal) ? (query.ContainsKey("dimensions") && !query.ContainsKey("group_by") ? "dimensions" : "group_by") + path["breakdown".Length..]
        : path;

    private static JsonElement Question(IQueryCollection query)
    {
        var question = new JsonObject();
        foreach (var name in Plain.Where(name => query[name].ToString().Length > 0))
        {
            question[name] = query[name].ToString();
        }

        question["metrics"] = Names(query, "name");
        question["breakdown"] = Names(query, query.ContainsKey("group_by") ? "group_by" : "dimensions");
        question["filter"] = new JsonArray([.. query["filter"].OfType<string>().Where(text => text.Length > 0).Select(FilterOf)]);
        return JsonSerializer.SerializeToElement(question);
    }

    private static JsonArray Names(IQueryCollection query, string name) =>
        [.. query[name].OfType<string>().SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(one => JsonValue.Create(one))];

    /// <summary>A filter in JSON, or conditions such as country=DE|AT;device!=desktop.</summary>
    public static JsonNode? FilterOf(string text)
    {
        try
        {
            if (text[0] is not ('{' or '['))
            {
                return FilterText.Parse(text);
            }

            using var document = JsonDocument.Parse(text);
            JsonUnicode.Check(document.RootElement);
            return JsonNode.Parse(text);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw Problem.Invalid("filter", error is FormatException ? error.Message : "Expected a filter in JSON, or conditions such as country=DE|AT;device!=desktop; found JSON that is broken.");
        }
    }
}
