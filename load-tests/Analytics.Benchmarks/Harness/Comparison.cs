using System.Diagnostics;

namespace Analytics.Benchmarks.Harness;

/// <summary>What a comparison is called and counts.</summary>
/// <param name="Number">See <see cref="Row.Number"/>.</param>
/// <param name="Name">See <see cref="Row.Name"/>.</param>
/// <param name="Items">How many things one run handles.</param>
/// <param name="Goal">See <see cref="Row.Goal"/>.</param>
/// <param name="Unit">What is counted per second.</param>
/// <param name="Closeness">How many times the usual number of pairs: more where two sides differ by less than two runs of one do.</param>
internal sealed record Subject(string Number, string Name, long Items, Goal? Goal, string Unit = "events/s", int Closeness = 1);

/// <summary>Compares two contenders: first that their results are equal, then their speed, in turns, so that the machine's noise meets both.</summary>
internal static class Comparison
{
    // The runtime compiles a method for good after some dozens of calls and a tenth of a second of quiet.
    private const int WarmUps = 12;
    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(12);

    // What one side leaves in the caches costs the other its first tenth of a second: a side goes on for so long, and its runs are averaged.
    private const double LeastSeconds = 1;

    /// <summary>Pairs per comparison, after those that are not timed: enough for a median on a noisy machine, few enough to run them all in minutes.</summary>
    public static int Pairs { get; set; } = 5;

    /// <summary>Runs one comparison.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="reference">The other side.</param>
    /// <exception cref="InvalidOperationException">The two sides came to different results: there is nothing to time.</exception>
    public static async Task<Row> RunAsync(Subject subject, IContender ours, IContender reference)
    {
        var what = $"{subject.Number} {subject.Name}";
        Narration.Say($"{what}: comparing results");
        var (found, expected) = (await ours.FingerprintAsync(), await reference.FingerprintAsync());
        if (found != expected)
        {
            throw new InvalidOperationException($"{what}: the results differ, so their speed is not compared.\n  ours:      {found}\n  reference: {expected}");
        }

        await WarmUpAsync(ours, reference);
        var pairs = Pairs * subject.Closeness;
        var (own, other) = (new Timing[pairs], new Timing[pairs]);
        for (var pair = 0; pair < pairs; pair++)
        {
            // Every other pair starts with the other side: whatever the first run leaves behind falls on both.
            if (pair % 2 == 0)
            {
                own[pair] = await TimeAsync(ours);
                other[pair] = await TimeAsync(reference);
            }
            else
            {
                other[pair] = await TimeAsync(reference);
                own[pair] = await TimeAsync(ours);
            }

            Narration.Say($"{what}: pair {pair + 1} of {pairs}, {other[pair].Seconds / own[pair].Seconds:0.00} times");
        }

        var ratios = own.Zip(other, (mine, theirs) => theirs.Seconds / mine.Seconds).ToArray();
        return new Row(subject.Number, subject.Name, Row.Times, Median.Of(ratios), ratios.Min(), ratios.Max(), subject.Goal, SideOf(subject, own), SideOf(subject, other));
    }

    private static async Task<Timing> TimeAsync(IContender side)
    {
        var (seconds, cpu, runs) = (0.0, 0.0, 0);
        do
        {
            var run = await side.RunAsync();
            (seconds, cpu, runs) = (seconds + run.Seconds, cpu + run.CpuSeconds, runs + 1);
        }
        while (seconds < LeastSeconds);
        return new Timing(seconds / runs, cpu / runs);
    }

    // A worker runs for weeks: what is compared is code that has been compiled for good, and tables that have grown. Alternately, as below.
    private static async Task WarmUpAsync(IContender ours, IContender reference)
    {
        var began = Stopwatch.GetTimestamp();
        var runs = 0;
        do
        {
            await ours.RunAsync();
            await reference.RunAsync();
        }
        while (++runs < WarmUps && Stopwatch.GetElapsedTime(began) < WarmUpLimit);
    }

    private static Side SideOf(Subject subject, Timing[] runs) => new(
        Median.Of(runs.Select(run => subject.Items / run.Seconds)), subject.Unit, Median.Of(runs.Select(run => run.CpuSeconds / subject.Items * 1e6)));
}
