using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Analytics.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Analytics.Hosting.Tests.Telemetry;

public sealed class MetricsServerTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly Meter _meter = new("Analytics.Tests.Server");
    private IHost _host = null!;

    private string Url => _host.Services.GetRequiredService<MetricsServer>().Url!;

    public async Task InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Metrics:Port", "0")]);
        builder.AddHosting("test");
        _host = builder.Build();
        await _host.StartAsync();
    }

    [Fact]
    public async Task What_it_serves_passes_promtool_and_holds_the_runtime_and_our_own()
    {
        _meter.CreateCounter<long>("analytics_test_records_total", description: "Records.").Add(4, new KeyValuePair<string, object?>("topic", "a \"b\""));
        _meter.CreateHistogram<double>("analytics_test_wait_seconds", "s", "Waited.").Record(0.2);
        _meter.CreateUpDownCounter<int>("analytics_test_open_connections", description: "Open.").Add(1);

        var text = await _http.GetStringAsync(Url + "/metrics");

        Assert.Contains("analytics_test_records_total{topic=\"a \\\"b\\\"\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_process_memory_working_set_bytes gauge\n", text, StringComparison.Ordinal);
        Assert.Equal("", await PromtoolFindings(text));
    }

    [Fact]
    public async Task A_part_that_cannot_work_makes_the_process_unready_and_a_degraded_one_does_not()
    {
        var health = _host.Services.GetRequiredService<Health>();
        health.Check("store", HealthState.Degraded, _ => throw new IOException("the store is away"));

        using var degraded = await _http.GetAsync(Url + "/health/ready");
        health.Set("graph", HealthState.Unhealthy, "it ended");
        using var unhealthy = await _http.GetAsync(Url + "/health/ready");
        using var live = await _http.GetAsync(Url + "/health/live");

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (degraded.StatusCode, unhealthy.StatusCode, live.StatusCode));
        using var reply = JsonDocument.Parse(await unhealthy.Content.ReadAsStringAsync());
        Assert.Equal("unhealthy", reply.RootElement.GetProperty("status").GetString());
        Assert.Equal("the store is away", reply.RootElement.GetProperty("checks").GetProperty("store").GetProperty("detail").GetString());
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _meter.Dispose();
        _http.Dispose();
    }

    private static async Task<string> PromtoolFindings(string text)
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var findings = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return findings;
    }
}
