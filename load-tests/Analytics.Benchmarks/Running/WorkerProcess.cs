using System.Globalization;
using Analytics.Benchmarks.Sinks;
using Analytics.Local.Supervising;
using Analytics.Testing;

namespace Analytics.Benchmarks.Running;

/// <summary>A worker: the real program, in a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ChildProcess _process;
    private readonly Uri _metrics;

    private WorkerProcess(ChildProcess process, int port) => (_process, _metrics) = (process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/metrics")));

    /// <summary>CPU seconds so far.</summary>
    public double CpuSeconds => ProcessUsage.CpuSecondsOf(_process.Id);

    /// <summary>Memory that it holds.</summary>
    public long ResidentBytes => ProcessUsage.ResidentBytesOf(_process.Id);

    /// <summary>Starts one and waits until it says that it serves.</summary>
    public static async Task<WorkerProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var port = FreePort.Next();
        var environment = new Dictionary<string, string>(settings) { ["Metrics__Port"] = port.ToString(CultureInfo.InvariantCulture) };
        var process = await ChildProcess.StartAsync(
            ["dotnet", ProgramFiles.PathOf("Analytics.Worker")], line => line.StartsWith("ready worker ", StringComparison.Ordinal), Limit, environment: environment);
        return new WorkerProcess(process, port);
    }

    /// <summary>Records that it has counted.</summary>
    public async Task<long> AcceptedAsync()
    {
        var text = await Http.GetStringAsync(_metrics);
        return text.Split('\n')
            .Where(line => line.StartsWith("analytics_records_accepted", StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.CrashAsync();
        await _process.DisposeAsync();
    }
}
