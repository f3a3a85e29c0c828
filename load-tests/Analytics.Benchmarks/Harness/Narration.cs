using System.Diagnostics;
using System.Globalization;

namespace Analytics.Benchmarks.Harness;

/// <summary>What is being done now, for whoever waits: on stderr, so that stdout holds the table only.</summary>
internal static class Narration
{
    private static readonly long Started = Stopwatch.GetTimestamp();

    /// <summary>Says one line, and how many seconds have passed.</summary>
    public static void Say(string line) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench {Stopwatch.GetElapsedTime(Started).TotalSeconds,4:0} s: {line}"));
}
