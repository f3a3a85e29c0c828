using System.Globalization;
using System.Text.Json;
using Analytics.Api.Questions;
using Analytics.Api.Replies;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>POST /api/v1/analytics/{app_id}/tiles: all tiles of a dashboard in one request. Each is answered, kept and refused as if it had been asked alone.</summary>
internal static class TilesEndpoint
{
    private const int MostTiles = 24;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/api/v1/analytics/{app_id}/tiles", async (string app_id, HttpContext http, QuestionDesk desk, QuestionKinds kinds) =>
    {
        var tenant = await desk.TenantAsync(app_id, http).ConfigureAwait(false);
        var tiles = TilesOf(await QuestionDesk.BodyAsync(http.Request).ConfigureAwait(false));
        var isAskedAnew = AnswerCache.IsAskedAnew(http.Request);
        var batch = await desk.BatchAsync(tenant, tiles.Where(tile => tile.Kind == QuestionKinds.Trend).Select(tile => tile.Question), isAskedAnew, http.RequestAborted).ConfigureAwait(false);

        // All at once: the quota of the tenant says how many are made at a time.
        var answers = tiles.ConvertAll(tile => AnswerAsync(kinds, tenant, tile, isAskedAnew, batch, http.RequestAborted));
        await ((Task)Task.WhenAll(answers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.RequestAborted.ThrowIfCancellationRequested();
        http.Response.Headers.CacheControl = "private, no-cache";
        return Results.Bytes(Write(http, tiles, answers), "application/json; charset=utf-8");
    });

    private static async Task<CachedAnswer> AnswerAsync(QuestionKinds kinds, Tenant tenant, Tile tile, bool isAskedAnew, TrendBatch batch, CancellationToken cancel) =>
        await (kinds.OfAsync(tile.Kind, tenant, tile.Question, isAskedAnew, batch, cancel)
            ?? throw Problem.Invalid("kind", $"Expected one of {string.Join(", ", kinds.Names)}; found '{tile.Kind}'.")).ConfigureAwait(false);

    private static List<Tile> TilesOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("tiles", out var tiles) || tiles.ValueKind != JsonValueKind.Array)
        {
            throw Problem.Invalid("tiles", "Expected an object with tiles, a list of {\"name\": …, \"kind\": \"query\", \"question\": {…}}.");
        }

        if (tiles.GetArrayLength() is 0 or > MostTiles)
        {
            throw Problem.Invalid("tiles", $"Expected 1 to {MostTiles} tiles; found {tiles.GetArrayLength()}. Ask the others in another request.");
        }

        return [.. tiles.EnumerateArray().Select(TileOf)];
    }

    private static Tile TileOf(JsonElement tile, int index)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"tiles[{index}]");
        if (tile.ValueKind != JsonValueKind.Object || !tile.TryGetProperty("question", out var question) || question.ValueKind != JsonValueKind.Object)
        {
            throw Problem.Invalid(path, "Expected an object with a question, which is an object too.");
        }

        return new(TextOf(tile, "name", path) ?? index.ToString(CultureInfo.InvariantCulture), TextOf(tile, "kind", path) ?? "query", question);
    }

    private static string? TextOf(JsonElement tile, string name, string path) =>
        !tile.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Problem.Invalid($"{path}.{name}", $"Expected a text; found {value.ValueKind}.");

    // The answers are JSON already: they go out as they are kept.
    private static byte[] Write(HttpContext http, List<Tile> tiles, List<Task<CachedAnswer>> answers)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("tiles");
            for (var i = 0; i < tiles.Count; i++)
            {
                WriteTile(json, http, tiles[i], answers[i]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteTile(Utf8JsonWriter json, HttpContext http, Tile tile, Task<CachedAnswer> answer)
    {
        json.WriteStartObject();
        json.WriteString("name", tile.Name);
        json.WriteString("kind", tile.Kind);
        if (answer.Exception?.InnerException is { } error)
        {
            var problem = ProblemReplies.ProblemOf(error);
            json.WriteNumber("status", problem.Status);
            json.WritePropertyName("problem");
            JsonSerializer.Serialize(json, ProblemReplies.BodyOf(http, problem), ReplyJson.Options);
        }
        else
        {
            json.WriteNumber("status", StatusCodes.Status200OK);
            json.WritePropertyName("answer");
            json.WriteRawValue(answer.Result.Json, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private sealed record Tile(string Name, string Kind, JsonElement Question);
}
