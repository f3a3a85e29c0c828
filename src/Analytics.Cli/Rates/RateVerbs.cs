using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Analytics.Core.Rates;
using Analytics.Storage.Postgres;

namespace Analytics.Cli.Rates;

/// <summary><c>analytics rates import|list</c>: by which amounts in another currency than the tenant's are converted.</summary>
internal static class RateVerbs
{
    private static readonly Argument<string> File = new("file") { Description = "Lines of day,currency,rate, such as 2026-11-03,USD,1.1587: units of the currency for 1 EUR. '-' reads the standard input" };
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var import = new Command("import", "Add rates, and change those of the same day and currency: all of a file, or nothing of one that has a fault") { File };
        import.SetAction(ImportAsync);
        var list = new Command("list", "The currencies that have rates: first and last day, how many, the last one");
        list.SetAction(ListAsync);
        return new Command("rates", "What currencies are worth, day by day: without a rate a figure that needs it is unknown") { import, list };
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancel)
    {
        var file = parsed.GetValue(File)!;
        var rates = Read(file);
        await using var postgres = new Places(parsed).OpenPostgres();
        using var store = new CurrencyRates(postgres, TimeProvider.System);
        var (added, changed, same) = await store.ImportAsync(rates, cancel).ConfigureAwait(false);
        var (first, last) = (rates.Min(rate => rate.Day), rates.Max(rate => rate.Day));
        var currencies = rates.Select(rate => rate.Currency).Distinct().Order(StringComparer.Ordinal).ToList();
        Console.WriteLine(parsed.GetValue(Verbs.Json)
            ? JsonSerializer.Serialize(new { added, changed, same, first, last, currencies }, Format)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"imported {rates.Count} rates of {string.Join(", ", currencies)} from {first:yyyy-MM-dd} to {last:yyyy-MM-dd}: {added} new, {changed} changed, {same} as before; answers of a running API follow within some minutes"));
        return ExitCode.Ok;
    }

    private static IReadOnlyList<CurrencyRate> Read(string file)
    {
        try
        {
            using var text = file == "-" ? Console.In : System.IO.File.OpenText(file);
            return RateFile.Read(text);
        }
        catch (InvalidRateFileException fault)
        {
            throw new ArgumentException($"{file} was not imported, nothing of it:{Environment.NewLine}{fault.Message}", fault);
        }
        catch (Exception fault) when (fault is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"Expected a file of rates that can be read; found {fault.Message}", fault);
        }
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        await using var postgres = new Places(parsed).OpenPostgres();
        using var store = new CurrencyRates(postgres, TimeProvider.System);
        var spans = await store.SpansAsync(cancel).ConfigureAwait(false);
        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(spans, Format));
            return ExitCode.Ok;
        }

        foreach (var span in spans)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{span.Currency}  {span.First:yyyy-MM-dd}  {span.Last:yyyy-MM-dd}  {span.Days,7} days  last {span.LastRate:0.##########} for 1 {RateTable.Base}"));
        }

        if (spans.Count == 0)
        {
            Console.Error.WriteLine("there is no rate yet: analytics rates import FILE, with lines of day,currency,rate such as 2026-11-03,USD,1.1587");
        }

        return ExitCode.Ok;
    }
}
