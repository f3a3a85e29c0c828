using System.Diagnostics;
using System.Globalization;
using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests;

/// <summary>Runs seeds in a process of its own, as <see cref="Running.Program"/> wants it.</summary>
internal static class SimulationProcess
{
    /// <summary>Longest that one process may take: a mutant that loops for ever is caught by it, too.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>What it printed, and its sums; null when it ended before it could print them.</summary>
    public static async Task<(string Output, RunSums? Sums)> RunAsync(ulong from, int count, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                typeof(Running.Program).Assembly.Location, "--from", from.ToString(CultureInfo.InvariantCulture), "--count", count.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in more)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Running.Program.Environment)
        {
            start.Environment[name] = value;
        }

        if (count == 1)
        {
            // It is over before code that was made faster would pay for itself.
            start.Environment["DOTNET_TC_CallCounting"] = "0";
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        var text = await output + await errors;
        return (text, RunSums.Read(text));
    }
}
