using System.Diagnostics;
using System.Text.Json;

namespace Analytics.Benchmarks.Harness;

/// <summary>A contender that is a node script: asked line by line, so that its start and warm-up are not timed.</summary>
internal sealed class NodeContender : IContender
{
    private readonly Process _process;

    /// <summary>Starts the script.</summary>
    public NodeContender(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [script, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start; it is needed for the references (node 20 or later)");
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync() => (await AskAsync("fingerprint")).GetProperty("fingerprint").GetString()!;

    /// <inheritdoc/>
    public async Task<double> RunAsync() => (await AskAsync("run")).GetProperty("seconds").GetDouble();

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
            ?? throw new InvalidOperationException($"the reference ended without an answer to '{question}'; its error is above");
        return JsonSerializer.Deserialize<JsonElement>(answer);
    }
}
