namespace Analytics.Benchmarks.Harness;

/// <summary>A row of the results: how many times faster than the reference, over interleaved pairs.</summary>
/// <param name="Name">What is compared with what.</param>
/// <param name="Ratio">Median over the pairs of ours ÷ reference.</param>
/// <param name="Min">The lowest pair.</param>
/// <param name="Max">The highest pair.</param>
/// <param name="Ours">Our median rate, in <paramref name="Unit"/>.</param>
/// <param name="Reference">The reference's median rate, in <paramref name="Unit"/>.</param>
/// <param name="Unit">Unit of the two rates.</param>
internal sealed record Row(string Name, double Ratio, double Min, double Max, double Ours, double Reference, string Unit);

/// <summary>Compares two contenders: first that their results are equal, then their speed, in turns, so that the machine's noise meets both.</summary>
internal static class Comparison
{
    /// <summary>Pairs per comparison: enough for a median on a noisy machine, few enough to run them all in minutes.</summary>
    public const int DefaultPairs = 5;

    /// <summary>Runs one comparison.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="unit">What is counted per second.</param>
    /// <param name="items">How many of it one run handles.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="reference">The other side.</param>
    /// <param name="pairs">How many pairs are timed, after one that is not.</param>
    /// <exception cref="InvalidOperationException">The two sides came to different results: there is nothing to time.</exception>
    public static async Task<Row> RunAsync(string name, string unit, long items, IContender ours, IContender reference, int pairs = DefaultPairs)
    {
        Narration.Say($"{name}: comparing results");
        var (found, expected) = (await ours.FingerprintAsync(), await reference.FingerprintAsync());
        if (found != expected)
        {
            throw new InvalidOperationException($"{name}: the results differ, so their speed is not compared.\n  ours:      {found}\n  reference: {expected}");
        }

        await ours.RunAsync();
        await reference.RunAsync();
        var (own, other) = (new double[pairs], new double[pairs]);
        for (var pair = 0; pair < pairs; pair++)
        {
            // Every other pair starts with the other side: whatever the first run leaves behind falls on both.
            if (pair % 2 == 0)
            {
                own[pair] = items / await ours.RunAsync();
                other[pair] = items / await reference.RunAsync();
            }
            else
            {
                other[pair] = items / await reference.RunAsync();
                own[pair] = items / await ours.RunAsync();
            }

            Narration.Say($"{name}: pair {pair + 1} of {pairs}, {own[pair] / other[pair]:0.00} times");
        }

        var ratios = own.Zip(other, (a, b) => a / b).ToArray();
        return new Row(name, Median(ratios), ratios.Min(), ratios.Max(), Median(own), Median(other), unit);
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
