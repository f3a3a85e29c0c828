namespace Analytics.Api.Endpoints;

/// <summary>GET /openapi/v1.json: this API, described in OpenAPI 3.1. Written by hand; a test holds it against the routes.</summary>
internal static class OpenApiEndpoint
{
    private const string Resource = "openapi.v1.json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var document = Read();
        routes.MapGet("/openapi/v1.json", () => Results.Bytes(document, "application/json"));
    }

    private static byte[] Read()
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
