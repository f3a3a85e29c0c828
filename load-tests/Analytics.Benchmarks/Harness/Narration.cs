namespace Analytics.Benchmarks.Harness;

/// <summary>What is being done now, for whoever waits: on stderr, so that stdout holds the table only.</summary>
internal static class Narration
{
    /// <summary>Says one line.</summary>
    public static void Say(string line) => Console.Error.WriteLine("bench: " + line);
}
