using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Analytics.Hosting.Telemetry;

/// <summary>Serves /metrics (Prometheus text), /health/live and /health/ready on a port of its own, apart from what users may reach.</summary>
public sealed class MetricsServer : IHostedService, IAsyncDisposable
{
    private readonly MetricsOptions _options;
    private readonly PrometheusExporter _exporter;
    private readonly Health _health;
    private WebApplication? _server;

    /// <summary>Made by the container; the exporter starts listening here, before the first measurement of the other services.</summary>
    public MetricsServer(MetricsOptions options, PrometheusExporter exporter, Health health)
    {
        _options = options;
        _exporter = exporter;
        _health = health;
    }

    /// <summary>Where it serves, for example http://127.0.0.1:9101; null when it was not asked to or has not started.</summary>
    public string? Url => _server?.Urls.FirstOrDefault();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Port is not { } port)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(_options.Address), port));
        var server = builder.Build();
        server.UseRouting();
        server.MapGet("/metrics", (RequestDelegate)(http =>
        {
            http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return http.Response.WriteAsync(_exporter.Text(), http.RequestAborted);
        }));
        server.MapHealth(_health);
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        _server = server;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
