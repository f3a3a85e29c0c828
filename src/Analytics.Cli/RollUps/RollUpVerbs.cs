using System.CommandLine;
using System.Globalization;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Cli.RollUps;

/// <summary><c>analytics rollup run</c>: rewrites the sums of hours.</summary>
internal static class RollUpVerbs
{
    private static readonly Option<DateTimeOffset?> From = new("--from") { Description = "First hour, for example 2026-11-22T00:00Z; by default the first that has minutes" };
    private static readonly Option<DateTimeOffset?> To = new("--to") { Description = "The hour after the last; by default the last whole one" };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var run = new Command("run", "Rewrite the sums of hours from the minutes; running it twice changes nothing") { From, To };
        run.SetAction(RunAsync);
        return new Command("rollup", "Sums of hours, from which questions about long ranges are answered") { run };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var clickHouse = new Places(parsed).OpenClickHouse();
        var rollUp = new RollUp(clickHouse, TimeProvider.System);
        var extent = await rollUp.ExtentAsync(cancel).ConfigureAwait(false);
        var range = new TimeRange((parsed.GetValue(From) ?? extent?.Start ?? default).ToUniversalTime(), (parsed.GetValue(To) ?? extent?.End ?? default).ToUniversalTime());
        if (range.Length <= TimeSpan.Zero)
        {
            Console.Error.WriteLine("there is no whole hour to roll up");
            return ExitCode.Ok;
        }

        await rollUp.RunAsync(range, cancel).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rolled up {range.Length.TotalHours} hours, {range.Start:yyyy-MM-dd HH:mm}Z to {range.End:yyyy-MM-dd HH:mm}Z"));
        return ExitCode.Ok;
    }
}
