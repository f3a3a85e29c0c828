using System.Diagnostics;
using Analytics.Benchmarks.Harness;

namespace Analytics.Benchmarks.Asking;

/// <summary>How long answers took, in milliseconds.</summary>
internal static class Latencies
{
    /// <summary>Questions that are asked for a p99: the second longest of them is it.</summary>
    public const int Asked = 200;

    /// <summary>Asks both sides in turns, after some questions that are not timed.</summary>
    public static async Task<(double[] Ours, double[] Theirs)> InTurnsAsync(int questions, Func<Task> ours, Func<Task> theirs)
    {
        var (own, other) = (new double[questions], new double[questions]);
        for (var i = -questions / 5; i < questions; i++)
        {
            var (mine, reference) = (await OfAsync(ours), await OfAsync(theirs));
            if (i >= 0)
            {
                (own[i], other[i]) = (mine, reference);
            }
        }

        return (own, other);
    }

    /// <summary>A row that is the p99 of some latencies.</summary>
    public static Row P99(string number, string name, double[] latencies, Goal? goal)
    {
        var p99 = Median.Quantile(latencies, 0.99);
        Narration.Say($"{number}: {Median.Of(latencies):0.0} ms in the median, {Median.Quantile(latencies, 0.9):0.0} at p90, {p99:0.0} at p99");
        return new(number, name, "ms", p99, latencies.Min(), latencies.Max(), goal);
    }

    /// <summary>How long one took.</summary>
    public static async Task<double> OfAsync(Func<Task> ask)
    {
        var started = Stopwatch.GetTimestamp();
        await ask();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
