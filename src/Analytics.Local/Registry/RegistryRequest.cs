using System.Text.Json;

namespace Analytics.Local.Registry;

/// <summary>What the routes read from a request. Any content type is read as JSON, as Confluent's registry does.</summary>
internal static class RegistryRequest
{
    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="RegistryException">It is not one (400).</exception>
    public static async Task<JsonElement> BodyAsync(this HttpContext context)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.Clone()
                : throw RegistryException.BadRequest($"Expected a JSON object, found {json.RootElement.ValueKind}.");
        }
        catch (JsonException fault)
        {
            throw RegistryException.BadRequest($"The body is not JSON: {fault.Message}");
        }
    }

    /// <summary>The schema in the body.</summary>
    public static async Task<SubmittedSchema> SchemaAsync(this HttpContext context) => SubmittedSchema.Read(await context.BodyAsync());

    /// <summary>A text field of the body; null when it is missing.</summary>
    public static async Task<string?> FieldAsync(this HttpContext context, string name) =>
        (await context.BodyAsync()).TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether a parameter of the query is <c>true</c>.</summary>
    public static bool Has(this HttpContext context, string name) =>
        context.Request.Query[name].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The subject of the path. The server leaves an escaped slash in a path as it is.</summary>
    public static string Subject(this HttpContext context) =>
        context.Request.RouteValues["subject"]!.ToString()!.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The version of the path.</summary>
    public static string Version(this HttpContext context) => context.Request.RouteValues["version"]!.ToString()!;

    /// <summary>The schema's id of the path.</summary>
    public static string Id(this HttpContext context) => context.Request.RouteValues["id"]!.ToString()!;
}
