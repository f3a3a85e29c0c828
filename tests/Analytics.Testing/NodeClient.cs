using System.Diagnostics;
using System.Text.Json;

namespace Analytics.Testing;

/// <summary>Runs a script of tests/clients: clients made by others, on Node.</summary>
public static class NodeClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Runs <paramref name="script"/> and gives the JSON that it printed last.</summary>
    /// <exception cref="InvalidOperationException">The script failed, or the clients are not installed.</exception>
    public static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        var folder = Folder();
        var start = new ProcessStartInfo("node", [Path.Combine(folder, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"{script} did not end within {Limit.TotalSeconds} s:\n{await output}{await errors}");
        }

        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<JsonElement>((await output).TrimEnd().Split('\n')[^1])
            : throw new InvalidOperationException($"{script} ended with {process.ExitCode}:\n{await output}{await errors}");
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var clients = Path.Combine(folder.FullName, "tests", "clients");
            if (Directory.Exists(Path.Combine(clients, "node_modules")))
            {
                return clients;
            }
        }

        throw new InvalidOperationException("The clients on Node are not installed: run `npm ci --ignore-scripts` in tests/clients.");
    }
}
