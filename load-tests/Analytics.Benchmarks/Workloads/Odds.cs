namespace Analytics.Benchmarks.Workloads;

/// <summary>A choice among a few things with fixed odds.</summary>
internal sealed class Odds
{
    private readonly double[] _sums;

    /// <summary>A choice by weight; they need not add up to anything.</summary>
    public Odds(params double[] weights)
    {
        var total = weights.Sum();
        var sum = 0.0;
        _sums = Array.ConvertAll(weights, weight => sum += weight / total);
    }

    /// <summary>The odds of Zipf's law: the n-th of <paramref name="count"/> has 1/n of the first's share.</summary>
    public static Odds Zipf(int count) => new([.. Enumerable.Range(1, count).Select(rank => 1.0 / rank)]);

    /// <summary>The share of one of them.</summary>
    public double ShareOf(int choice) => choice == 0 ? _sums[0] : _sums[choice] - _sums[choice - 1];

    /// <summary>The choice that a number from 0 up to 1 falls on.</summary>
    public int Draw(double uniform)
    {
        var found = Array.BinarySearch(_sums, uniform);
        return Math.Min(found < 0 ? ~found : found + 1, _sums.Length - 1);
    }
}
