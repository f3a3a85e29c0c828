using Analytics.Simulation.Tests.Mutating;
using Xunit.Abstractions;

namespace Analytics.Simulation.Tests;

/// <summary>Goal: the simulation sees a broken rule. Method: one rule is broken at a time, in the compiled worker or in a store; it must turn red.</summary>
public sealed class MutantsTests(ITestOutputHelper console)
{
    private const int Seeds = 10_000;

    public static TheoryData<string> Names => [.. Mutants.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_mutant_is_caught(string name)
    {
        // What the simulation varies changes what a seed does, so the one that caught it is only the first to be asked.
        var known = Mutants.All[name].CaughtBy;
        var (output, sums) = await SimulationProcess.RunAsync(known, 1, "--mutant", name, "--stop");
        if (!IsCaught(output))
        {
            (output, sums) = await SimulationProcess.RunAsync(1, Seeds, "--mutant", name, "--stop");
        }

        console.WriteLine(output);
        Assert.True(IsCaught(output), $"{Mutants.All[name].Rule}: {sums?.Seeds} seeds did not notice\n{output}");
    }

    private static bool IsCaught(string output) => output.Contains(" failed: ", StringComparison.Ordinal);
}
