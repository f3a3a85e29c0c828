using System.Net;
using Microsoft.Extensions.Configuration;

namespace Analytics.Hosting.Telemetry;

/// <summary>Where a process shows its metrics and health.</summary>
public sealed class MetricsOptions
{
    /// <summary>Port of /metrics and /health; 0 lets the system choose, null (the default) shows nothing. By custom: API 9100, worker 9101, jobs 9102.</summary>
    public int? Port { get; init; }

    /// <summary>Address to listen on. Default: 127.0.0.1, as metrics name what should not leave the machine; a container sets 0.0.0.0.</summary>
    public string Address { get; init; } = "127.0.0.1";

    internal static MetricsOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection("Metrics").Get<MetricsOptions>() ?? new();
        if (options.Port is < 0 or > 65535)
        {
            throw new InvalidOperationException($"Metrics__Port is {options.Port}: expected 0 to 65535.");
        }

        return IPAddress.TryParse(options.Address, out _)
            ? options
            : throw new InvalidOperationException($"Metrics__Address is '{options.Address}': expected an IP address, such as 127.0.0.1 or 0.0.0.0.");
    }
}
