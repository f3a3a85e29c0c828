using System.CommandLine;
using System.Text.Json;
using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;

namespace Analytics.Cli.Ledgers;

/// <summary><c>analytics ledger verify</c>.</summary>
internal static class LedgerVerbs
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var verify = new Command("verify", "Check that the chunks of every partition tile it, and that each explains every record; 1 when not");
        verify.SetAction(VerifyAsync);
        return new Command("ledger", "What became of every record") { verify };
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var clickHouse = new Places(parsed).OpenClickHouse();
        var rows = new List<LedgerRow>();
        await foreach (var row in new Ledger(clickHouse).ReadAsync(cancel).ConfigureAwait(false))
        {
            rows.Add(row);
        }

        var report = LedgerCheck.Of(rows);
        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(report, Format));
        }
        else
        {
            LedgerText.Write(report, Console.Out);
        }

        return report.Faults.Count == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
    }
}
