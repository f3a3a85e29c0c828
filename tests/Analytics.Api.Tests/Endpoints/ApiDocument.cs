using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>The OpenAPI document as it is built into the API.</summary>
internal static class ApiDocument
{
    /// <summary>The whole.</summary>
    public static JsonElement Root { get; } = Read();

    /// <summary>Method and path of every operation.</summary>
    public static TheoryData<string, string> Operations()
    {
        var all = new TheoryData<string, string>();
        foreach (var path in Root.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                all.Add(operation.Name.ToUpperInvariant(), path.Name);
            }
        }

        return all;
    }

    /// <summary>One operation.</summary>
    public static JsonElement Operation(string method, string path) => Root.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant());

    private static JsonElement Read()
    {
        using var stream = typeof(ApiHost).Assembly.GetManifestResourceStream("openapi.v1.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
