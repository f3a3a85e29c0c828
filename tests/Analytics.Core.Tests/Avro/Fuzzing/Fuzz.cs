using System.Runtime.CompilerServices;

namespace Analytics.Core.Tests.Avro.Fuzzing;

/// <summary>Runs seeds; a failure says how to run its seed alone.</summary>
internal static class Fuzz
{
    /// <summary>A number here, and every fuzz test runs that seed only.</summary>
    public const string SeedVariable = "ANALYTICS_FUZZ_SEED";

    /// <summary>Seeds from <paramref name="first"/> on, on all cores.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="run">What is done with a seed: the number of records, and of those accepted.</param>
    /// <param name="test">The test that is running.</param>
    public static void Run(int first, int count, Func<int, (int Records, int Accepted)> run, [CallerMemberName] string test = "")
    {
        var one = Environment.GetEnvironmentVariable(SeedVariable);
        int[] seeds = one is null ? [.. Enumerable.Range(first, count)] : [int.Parse(one, null)];
        var (records, accepted) = (0L, 0L);
        Parallel.ForEach(seeds, seed =>
        {
            try
            {
                var done = run(seed);
                Interlocked.Add(ref records, done.Records);
                Interlocked.Add(ref accepted, done.Accepted);
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"Seed {seed} failed. To repeat: {RepeatCommand(seed, test)}\n{wrong.Message}", wrong);
            }
        });

        // Else most of them say nothing: all damaged beyond reading, or none damaged.
        Assert.True(one is not null || (accepted > records / 5 && accepted < records * 4 / 5), $"{accepted} of {records} records were accepted");
    }

    /// <summary>One line that runs a seed alone.</summary>
    public static string RepeatCommand(int seed, string test) => $"{SeedVariable}={seed} dotnet test tests/Analytics.Core.Tests --filter {test}";
}
