using System.Text;
using Analytics.Local.ClickHouse;

namespace Analytics.Benchmarks.Harness;

/// <summary>A contender that is a statement of the ClickHouse engine, run in this process: no network, no server, nothing but the engine.</summary>
internal sealed class ChdbContender(ChdbConnection connection, string fingerprint, string timed) : IContender
{
    /// <inheritdoc/>
    public Task<string> FingerprintAsync()
    {
        using var result = connection.Run(Encoding.UTF8.GetBytes(fingerprint));
        return Task.FromResult(Encoding.UTF8.GetString(result.Bytes).Trim());
    }

    /// <inheritdoc/>
    public Task<Timing> RunAsync()
    {
        var stretch = Stretch.Start();
        connection.Run(timed);
        return Task.FromResult(stretch.End());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
