using System.Diagnostics;
using System.Globalization;
using Analytics.Simulation.Tests.Mutating;

namespace Analytics.Simulation.Tests.Running;

/// <summary>Runs seeds in a process of its own, whose pool has one thread: only then does the seed decide everything.</summary>
/// <remarks><c>--from 1 --count 1000 [--mutant name] [--stop] [--trace]</c>. Prints one line for each seed that fails, and a last line of sums. Exit code 1 when one fails.</remarks>
internal static class Program
{
    /// <summary>Makes the pool of a process have one thread.</summary>
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>
    {
        ["DOTNET_PROCESSOR_COUNT"] = "1",
        ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1",
        ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1",
        // A run makes code now and then, which would put off the optimising of all other code for ever.
        ["DOTNET_TC_CallCountingDelayMs"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_EnableWriteXorExecute"] = "0",
    };

    public static int Main(string[] arguments)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
        {
            return RunAgain(arguments);
        }

        if (Of(arguments, "--mutant") is { } name && Mutants.All[name].Rewrite is { } rewrite)
        {
            using var rewriter = new Rewriter();
            rewrite(rewriter);
            var changed = rewriter.Load().GetType(typeof(Program).FullName!)!.GetMethod(nameof(Run))!;
            return (int)changed.Invoke(null, [arguments])!;
        }

        return Run(arguments);
    }

    /// <summary>Runs the seeds, in the assemblies that this one was loaded with.</summary>
    public static int Run(string[] arguments) => Task.Run(() => RunAsync(arguments)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] arguments)
    {
        var (from, count) = (ulong.Parse(Of(arguments, "--from") ?? "1", CultureInfo.InvariantCulture), int.Parse(Of(arguments, "--count") ?? "1", CultureInfo.InvariantCulture));
        var twist = Of(arguments, "--mutant") is { } mutant ? Mutants.All[mutant].Twist : Twist.None;
        var (trace, stops) = (arguments.Contains("--trace") ? Console.Out : null, arguments.Contains("--stop"));
        var sums = new RunSums();
        for (var seed = from; seed < from + (ulong)count && !(stops && sums.Failed > 0); seed++)
        {
            var result = await new World(seed, twist, trace).RunAsync();
            sums.Add(result);
            if (result.Failure is { } failure)
            {
                await Console.Out.WriteLineAsync($"seed {seed} failed: {failure}");
            }
        }

        await Console.Out.WriteLineAsync(sums.ToString());
        return sums.Failed == 0 ? 0 : 1;
    }

    private static string? Of(string[] arguments, string name) => Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;

    private static int RunAgain(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments]);
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
