using System.Diagnostics;
using Analytics.Benchmarks.Harness;

namespace Analytics.Benchmarks.Asking;

/// <summary>How long answers took, in milliseconds.</summary>
internal static class Latencies
{
    /// <summary>Questions that are asked for a p99: the second longest of them is it.</summary>
    public const int Asked = 200;

    // An API runs for weeks. Of its first questions the slowest tell how long it takes to compile a path of code for good, as Comparison says.
    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(12);

    /// <summary>Asks both sides in turns, after as many questions that are not timed, or what of them fits into some seconds.</summary>
    public static async Task<(double[] Ours, double[] Theirs)> InTurnsAsync(int questions, Func<Task> ours, Func<Task> theirs)
    {
        var (own, other) = (new double[questions], new double[questions]);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < questions && Stopwatch.GetElapsedTime(began) < WarmUpLimit; i++)
        {
            await ours();
            await theirs();
        }

        for (var i = 0; i < questions; i++)
        {
            (own[i], other[i]) = (await OfAsync(ours), await OfAsync(theirs));
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
