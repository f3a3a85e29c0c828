using Analytics.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Analytics.Hosting;

/// <summary>What every process has: settings, logs, metrics, health and an orderly stop.</summary>
public static class HostingExtensions
{
    // Below the usual 10 s grace of a supervisor: what is not stopped by then is cut off by us, with a log line.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Sets up one process, for example <c>builder.AddHosting("worker")</c>; nothing more has to be mapped.</summary>
    /// <remarks>
    /// <para>Settings, the later wins: appsettings.json beside the program, the builder's own sources (appsettings.json of the working
    /// directory, environment as <c>Section__Key</c>, command line), files named by <c>Section__Key__FILE</c> (a mounted secret; its text without
    /// the line end becomes <c>Section:Key</c>).</para>
    /// <para>Logs go to standard error, one JSON object a line where <c>Logging__Format</c> is <c>json</c> (default: <c>simple</c>, for people);
    /// standard output carries only lines of the form <c>ready what url</c> (<see cref="AnnounceReady"/>).</para>
    /// <para>Registers <see cref="Health"/>, <see cref="PrometheusExporter"/> and <see cref="TimeProvider"/>. Where <c>Metrics__Port</c> is set, a
    /// server of its own answers there: /metrics, /health/live and /health/ready.</para>
    /// </remarks>
    public static TBuilder AddHosting<TBuilder>(this TBuilder builder, string process)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        AddSettings(builder.Configuration);
        AddLogs(builder.Logging, builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.TryAddSingleton<Health>();
        builder.Services.TryAddSingleton<PrometheusExporter>();
        builder.Services.AddSingleton(MetricsOptions.Read(builder.Configuration));
        builder.Services.AddSingleton<MetricsServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MetricsServer>());
        builder.Environment.ApplicationName = "analytics-" + process;
        return builder;
    }

    /// <summary>Answers /health/live (touches nothing: a failing dependency must not restart the process) and /health/ready on these routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, Health health)
    {
        routes.MapGet("/health/live", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(new { status = "live" })));
        routes.MapGet("/health/ready", (RequestDelegate)(async http =>
        {
            var report = await health.ReportAsync(http.RequestAborted).ConfigureAwait(false);
            http.Response.StatusCode = report.State == HealthState.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            await http.Response.WriteAsJsonAsync(report.ToReply(), http.RequestAborted).ConfigureAwait(false);
        }));
    }

    /// <summary>Prints <c>ready what url</c> on standard output once the host serves: the supervisor waits for that line.</summary>
    /// <param name="host">The host; not started yet.</param>
    /// <param name="what">Name of the part, for example <c>api</c>.</param>
    /// <param name="url">Asked when the host has started, so that it may name a port chosen by the system.</param>
    public static void AnnounceReady(this IHost host, string what, Func<string> url)
    {
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() => Console.Out.WriteLine($"ready {what} {url()}"));
    }

    private static void AddSettings(IConfigurationManager configuration)
    {
        var beside = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false)
            .Sources[0];
        configuration.Sources.Insert(0, beside);
        configuration.AddInMemoryCollection(SecretFiles.Read(configuration));
    }

    private static void AddLogs(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        switch (configuration["Logging:Format"] ?? "simple")
        {
            case "json":
                logging.AddJsonConsole(json =>
                {
                    json.UseUtcTimestamp = true;
                    json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
                });
                break;
            case "simple":
                logging.AddSimpleConsole(simple =>
                {
                    simple.SingleLine = true;
                    simple.UseUtcTimestamp = true;
                    simple.TimestampFormat = "HH:mm:ss.fff ";
                });
                break;
            case var other:
                throw new InvalidOperationException($"Logging__Format is '{other}': expected 'simple' or 'json'.");
        }
    }
}
