using System.Text.Json;

namespace Analytics.Benchmarks.Harness;

/// <summary>This program as the other end of a <see cref="ChildContender"/>.</summary>
internal static class Children
{
    /// <summary>First argument of such a process.</summary>
    public const string Verb = "contender";

    /// <summary>Answers until nobody asks any more.</summary>
    public static async Task ServeAsync(IContender contender)
    {
        while (await Console.In.ReadLineAsync() is { } question)
        {
            if (question == "fingerprint")
            {
                Answer(new { fingerprint = await contender.FingerprintAsync() });
            }
            else
            {
                var timing = await contender.RunAsync();
                Answer(new { seconds = timing.Seconds, cpu_seconds = timing.CpuSeconds });
            }
        }
    }

    private static void Answer(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer));
}
