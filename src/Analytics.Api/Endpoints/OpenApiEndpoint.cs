namespace Analytics.Api.Endpoints;

/// <summary>GET /openapi/v1.json: this API, described in OpenAPI 3.1, written by hand and held against routes and replies by tests. GET /openapi: the same as a page.</summary>
internal static class OpenApiEndpoint
{
    private static readonly (string Path, string Resource, string Type)[] Files =
    [
        ("/openapi/v1.json", "openapi.v1.json", "application/json"),
        ("/openapi", "reference/index.html", "text/html; charset=utf-8"),
        ("/openapi/reference.css", "reference/reference.css", "text/css; charset=utf-8"),
        ("/openapi/reference.js", "reference/reference.js", "text/javascript; charset=utf-8"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, resource, type) in Files)
        {
            var bytes = Read(resource);
            routes.MapGet(path, (HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(bytes, type);
            });
        }
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
