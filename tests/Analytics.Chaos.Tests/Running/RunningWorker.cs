using System.Globalization;
using System.Net;
using System.Text.Json;
using Analytics.Local.Supervising;
using Analytics.Testing;

namespace Analytics.Chaos.Tests.Running;

/// <summary>What <c>/health/ready</c> says.</summary>
/// <param name="Code">HTTP status.</param>
/// <param name="Status">ready, degraded or unhealthy.</param>
/// <param name="Text">The whole reply.</param>
internal sealed record Readiness(HttpStatusCode Code, string Status, string Text)
{
    /// <summary>What it says of one part; null when it says nothing of it.</summary>
    public (string State, string? Detail, DateTimeOffset? Since)? this[string part] =>
        JsonDocument.Parse(Text).RootElement.GetProperty("checks").TryGetProperty(part, out var check)
            ? (check.GetProperty("state").GetString()!,
                check.GetProperty("detail").GetString(),
                check.TryGetProperty("since", out var since) && since.ValueKind == JsonValueKind.String ? since.GetDateTimeOffset() : null)
            : null;
}

/// <summary>A worker: the real program, in a process of its own.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ChildProcess _process;
    private readonly Uri _address;
    private bool _isMeantToEnd;

    private RunningWorker(ChildProcess process, int port)
    {
        _process = process;
        _address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>All that it has printed.</summary>
    public string Output => _process.Output;

    /// <summary>True while it runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>True when it ended without being told to.</summary>
    public bool HasDied => _process.HasExited && !_isMeantToEnd;

    /// <summary>Starts one and waits until it says that it serves.</summary>
    public static async Task<RunningWorker> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var port = FreePort.Next();
        var environment = new Dictionary<string, string>(settings) { ["Metrics__Port"] = port.ToString(CultureInfo.InvariantCulture) };
        var process = await ChildProcess.StartAsync(
            ["dotnet", ProgramFiles.PathOf("Analytics.Worker")],
            line => line.StartsWith("ready worker ", StringComparison.Ordinal),
            StartLimit,
            environment: environment);
        return new RunningWorker(process, port);
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public Task KillAsync()
    {
        _isMeantToEnd = true;
        return _process.CrashAsync();
    }

    /// <summary>Asks it to stop (SIGTERM); gives its exit code.</summary>
    public Task<int> StopAsync()
    {
        _isMeantToEnd = true;
        return _process.StopAsync(Grace);
    }

    /// <summary>Freezes it (SIGSTOP).</summary>
    public void Freeze() => _process.Freeze();

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Thaw() => _process.Thaw();

    /// <summary>What it says of itself.</summary>
    public async Task<Readiness> ReadinessAsync()
    {
        using var reply = await Http.GetAsync(new Uri(_address, "/health/ready"));
        var text = await reply.Content.ReadAsStringAsync();
        return new Readiness(reply.StatusCode, JsonDocument.Parse(text).RootElement.GetProperty("status").GetString()!, text);
    }

    /// <summary>Whether it says that it lives.</summary>
    public async Task<bool> IsLiveAsync()
    {
        using var reply = await Http.GetAsync(new Uri(_address, "/health/live"));
        return reply.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>The values of a metric, by its labels as they stand in the text.</summary>
    public async Task<Dictionary<string, double>> MetricAsync(string name)
    {
        var text = await Http.GetStringAsync(new Uri(_address, "/metrics"));
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ')
            .ToDictionary(line => line[name.Length..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>Memory that it holds, bytes (resident set); 0 when it has ended.</summary>
    public long ResidentBytes()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1_024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception ended) when (ended is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isMeantToEnd = true;
        if (!_process.HasExited)
        {
            _process.Thaw();
            await _process.CrashAsync();
        }

        await _process.DisposeAsync();
    }
}
