namespace Analytics.Api.Pages;

/// <summary>Serves the dashboard from wwwroot, where its build puts it.</summary>
internal static class Dashboard
{
    /// <summary>Files, and the page at <c>/</c>: what it shows is in the query of its address, so any other path is none of its own.</summary>
    public static void UseDashboard(this WebApplication app)
    {
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file =>
            {
                // The build names what is in assets by its content: it never changes. Anything else is asked for again, and answered with 304.
                file.Context.Response.Headers.CacheControl =
                    file.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
            },
        });
        var index = app.Environment.WebRootFileProvider;
        app.Use(async (http, next) =>
        {
            if (http.GetEndpoint() is null && IsPage(http.Request) && index.GetFileInfo("index.html") is { Exists: true } file)
            {
                http.Response.ContentType = "text/html; charset=utf-8";
                http.Response.Headers.CacheControl = "no-cache";
                await http.Response.SendFileAsync(file, http.RequestAborted).ConfigureAwait(false);
                return;
            }

            await next(http).ConfigureAwait(false);
        });
    }

    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Path == "/";
}
