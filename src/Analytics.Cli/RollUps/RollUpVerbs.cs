using System.CommandLine;
using System.Globalization;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Cli.RollUps;

/// <summary><c>analytics rollup run</c>: rewrites the sums of hours and days.</summary>
internal static class RollUpVerbs
{
    private static readonly Option<DateTimeOffset?> From = new("--from") { Description = "First hour, for example 2026-11-22T00:00Z; needs --to" };
    private static readonly Option<DateTimeOffset?> To = new("--to") { Description = "The hour after the last" };
    private static readonly Option<bool> All = new("--all") { Description = "Everything that has minutes, not only what has changed since the last run" };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var run = new Command("run", "Rewrite the sums of hours and days from the minutes: what has changed since the last run, up to the last whole hour; running it twice changes nothing") { From, To, All };
        run.SetAction(RunAsync);
        return new Command("rollup", "Sums of hours and days, from which questions about long ranges are answered") { run };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (from, to) = (parsed.GetValue(From), parsed.GetValue(To));
        if (from is null != to is null || (from is not null && (from >= to || parsed.GetValue(All))))
        {
            Console.Error.WriteLine("expected --from and a later --to, or --all, or none of them");
            return ExitCode.Usage;
        }

        if (from is not null && (from.Value.UtcTicks % TimeSpan.TicksPerHour != 0 || to!.Value.UtcTicks % TimeSpan.TicksPerHour != 0))
        {
            Console.Error.WriteLine("expected whole hours of UTC for --from and --to, for example 2026-11-22T00:00Z");
            return ExitCode.Usage;
        }

        using var clickHouse = new Places(parsed).OpenClickHouse();
        var rollUp = new RollUp(clickHouse, TimeProvider.System);
        var done = from is null
            ? await rollUp.RunAsync(parsed.GetValue(All), cancel).ConfigureAwait(false)
            : await rollUp.RunAsync(new TimeRange(from.Value.ToUniversalTime(), to!.Value.ToUniversalTime()), cancel).ConfigureAwait(false);
        Console.WriteLine(done is null
            ? "there is no whole hour to roll up"
            : string.Create(CultureInfo.InvariantCulture, $"rewrote {done.Days} days; sums stand up to {done.Range.End:yyyy-MM-dd HH:mm}Z"));
        return ExitCode.Ok;
    }
}
