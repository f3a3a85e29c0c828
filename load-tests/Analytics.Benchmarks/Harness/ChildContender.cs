using System.Diagnostics;
using System.Text.Json;

namespace Analytics.Benchmarks.Harness;

/// <summary>A contender in a process of its own, asked line by line, so that its start and warm-up are not timed.</summary>
/// <remarks>It gets "fingerprint" or "run" and answers with a line of JSON: <c>{"fingerprint": …}</c> or <c>{"seconds": …, "cpu_seconds": …}</c>.</remarks>
internal sealed class ChildContender : IContender
{
    private readonly Process _process;

    /// <summary>Starts a program.</summary>
    public ChildContender(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start; the benchmarks need it");
    }

    /// <summary>Starts this program again, as one of <see cref="Children"/>, on some of the cores.</summary>
    /// <param name="cores">As taskset takes them: 0 or 0,1.</param>
    /// <param name="arguments">The contender and its settings.</param>
    public static ChildContender OnCores(string cores, params string[] arguments) =>
        new("taskset", ["-c", cores, "dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Benchmarks.dll"), Children.Verb, .. arguments]);

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync() => (await AskAsync("fingerprint")).GetProperty("fingerprint").GetString()!;

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        var answer = await AskAsync("run");
        return new Timing(answer.GetProperty("seconds").GetDouble(), answer.GetProperty("cpu_seconds").GetDouble());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonElement> AskAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"the other side ended without an answer to '{question}'; its error is above");
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }
}
