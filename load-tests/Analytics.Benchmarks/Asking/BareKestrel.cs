using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Analytics.Benchmarks.Asking;

/// <summary>The least that a server in .NET can do: gives the bytes of a file to whoever asks.</summary>
internal static class BareKestrel
{
    /// <summary>First argument of such a process.</summary>
    public const string Verb = "serve";

    /// <summary>Serves until it is killed.</summary>
    public static async Task ServeAsync(string address, string file)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using var app = builder.Build();
        app.Urls.Add(address);
        app.Run(http =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = bytes.Length;
            return http.Response.Body.WriteAsync(bytes).AsTask();
        });
        await app.StartAsync();
        Console.WriteLine($"ready kestrel {address}");
        await Task.Delay(Timeout.Infinite);
    }
}
