using System.Collections.Concurrent;
using System.Globalization;
using Analytics.Simulation.Tests.Running;
using Xunit.Abstractions;

namespace Analytics.Simulation.Tests;

/// <summary>Goal: no order of events and no fault makes a number wrong. Method: the production path on one thread, driven by a seed, against an independent recount.</summary>
/// <remarks>
/// <c>ANALYTICS_SIMULATION_SEEDS</c> runs more seeds than the 10,000 of a CI run, <c>ANALYTICS_SIMULATION_SEED</c> exactly one, with its trace.
/// <c>ANALYTICS_SIMULATION_FROM</c> is the first.
/// </remarks>
public sealed class SeedsTests(ITestOutputHelper console)
{
    private const int SeedsOfARun = 10_000;

    // Small enough that no core is idle for long while another ends its last one.
    private const int Share = 1_250;

    [Fact]
    public async Task Every_seed_counts_each_record_once_and_ends_with_everything_committed()
    {
        if (Number("ANALYTICS_SIMULATION_SEED") is { } one)
        {
            var (output, _) = await SimulationProcess.RunAsync((ulong)one, 1, "--trace");
            console.WriteLine(output);
            Assert.DoesNotContain("failed:", output);
            return;
        }

        var (from, seeds) = (Number("ANALYTICS_SIMULATION_FROM") ?? 1, Number("ANALYTICS_SIMULATION_SEEDS") ?? SeedsOfARun);
        var shares = Enumerable.Range(0, (int)((seeds + Share - 1) / Share)).Select(number => (From: (ulong)(from + number * (long)Share), Count: (int)Math.Min(Share, seeds - number * (long)Share)));
        var all = new ConcurrentBag<(string Output, RunSums? Sums)>();
        await Parallel.ForEachAsync(
            shares, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (some, _) => all.Add(await SimulationProcess.RunAsync(some.From, some.Count)));

        Assert.All(all, ran => Assert.True(ran.Sums is { Failed: 0 }, Explained(ran.Output)));
        Assert.Equal(seeds, all.Sum(ran => ran.Sums!.Seeds));
        console.WriteLine(
            $"whole graph: {all.Sum(ran => ran.Sums!.Seeds)} seeds, {all.Sum(ran => ran.Sums!.Workers)} workers, {all.Sum(ran => ran.Sums!.Records)} records, {all.Sum(ran => ran.Sums!.Steps)} steps");
    }

    [Fact]
    public async Task A_seed_runs_the_same_in_every_process()
    {
        var first = await SimulationProcess.RunAsync(1, 40);
        var second = await SimulationProcess.RunAsync(1, 40);

        Assert.NotNull(first.Sums);
        Assert.Equal(first.Sums.Fingerprint, second.Sums?.Fingerprint);
        Assert.Equal(first.Sums.Steps, second.Sums?.Steps);
    }

    private static string Explained(string output)
    {
        var seed = output.Split("seed ").Skip(1).FirstOrDefault()?.Split(' ')[0];
        return $"{output}\nrepeat: ANALYTICS_SIMULATION_SEED={seed} dotnet test tests/Analytics.Simulation.Tests -c Release --filter Every_seed --logger 'console;verbosity=detailed'";
    }

    private static long? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
