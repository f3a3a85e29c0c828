using System.Diagnostics;

namespace Analytics.Testing;

/// <summary>Scripts of <c>tests/clients</c>, run by Node: clients that others made, against our ports.</summary>
public static class NodeScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs a script and gives the last line it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds all it printed.</exception>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder() };
        start.ArgumentList.Add(script);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? (await output).TrimEnd().Split('\n')[^1]
                : throw new InvalidOperationException($"{script} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} did not end within {Limit.TotalSeconds} s");
        }
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var clients = Path.Combine(folder.FullName, "tests", "clients");
            if (Directory.Exists(clients))
            {
                return Directory.Exists(Path.Combine(clients, "node_modules"))
                    ? clients
                    : throw new InvalidOperationException($"The packages of {clients} are not installed: run npm ci there");
            }
        }

        throw new InvalidOperationException($"There is no tests/clients above {AppContext.BaseDirectory}");
    }
}
