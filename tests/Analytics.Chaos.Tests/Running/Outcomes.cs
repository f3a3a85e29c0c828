using Xunit.Abstractions;

namespace Analytics.Chaos.Tests.Running;

/// <summary>The table fault → outcome: a line a test, in the file that ANALYTICS_CHAOS_TABLE names, which <c>make chaos</c> prints at the end.</summary>
internal static class Outcomes
{
    private static readonly Lock Gate = new();

    /// <summary>Adds what was seen.</summary>
    public static void Add(ITestOutputHelper output, string fault, string outcome)
    {
        output.WriteLine($"{fault}: {outcome}");
        if (Environment.GetEnvironmentVariable("ANALYTICS_CHAOS_TABLE") is { Length: > 0 } file)
        {
            lock (Gate)
            {
                File.AppendAllText(file, $"{fault}|{outcome}\n");
            }
        }
    }
}
