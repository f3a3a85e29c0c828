using System.Globalization;

namespace Analytics.Core.Rates;

/// <summary>Reads a table of rates: lines of <c>day,currency,rate</c>, with or without that header, such as <c>2026-11-03,USD,1.1587</c>.</summary>
public static class RateFile
{
    /// <summary>Decimals of a rate, as the table keeps them.</summary>
    public const int Decimals = 10;

    private const decimal Least = 0.000001m;
    private const decimal Most = 1_000_000_000m;
    private const int MostFaults = 10;
    private static readonly DateOnly Earliest = new(1971, 1, 1);

    /// <summary>The rates, in the order of the lines.</summary>
    /// <exception cref="InvalidRateFileException">Some line is none: which ones, and what was expected there. Nothing of such a file is to be used.</exception>
    public static IReadOnlyList<CurrencyRate> Read(TextReader text)
    {
        var rates = new List<CurrencyRate>();
        var lines = new Dictionary<(DateOnly, string), int>();
        var faults = new List<string>();
        for (var number = 1; text.ReadLine() is { } line && faults.Count < MostFaults; number++)
        {
            var cells = line.TrimStart('\ufeff').Split(',', StringSplitOptions.TrimEntries);
            if (line.Trim().Length == 0 || (number == 1 && cells is ["day", "currency", "rate"]))
            {
                continue;
            }

            if (FaultOf(cells, out var rate) is { } fault)
            {
                faults.Add($"line {number}: {fault}");
            }
            else if (!lines.TryAdd((rate.Day, rate.Currency), number))
            {
                faults.Add($"line {number}: Expected one rate for each currency and day; found another for {rate.Currency} on {rate.Day:yyyy-MM-dd} in line {lines[(rate.Day, rate.Currency)]}.");
            }
            else
            {
                rates.Add(rate);
            }
        }

        return faults.Count > 0 ? throw new InvalidRateFileException(faults)
            : rates.Count > 0 ? rates
            : throw new InvalidRateFileException(["line 1: Expected lines such as 2026-11-03,USD,1.1587; found none."]);
    }

    private static string? FaultOf(string[] cells, out CurrencyRate rate)
    {
        rate = default;
        if (cells.Length != 3)
        {
            return $"Expected day,currency,rate such as 2026-11-03,USD,1.1587; found {cells.Length} {(cells.Length == 1 ? "value" : "values")}.";
        }

        if (!DateOnly.TryParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day < Earliest)
        {
            return $"Expected a day such as 2026-11-03; found '{Shown(cells[0])}'.";
        }

        if (cells[1].Length != 3 || !cells[1].All(char.IsAsciiLetterUpper))
        {
            return $"Expected an ISO 4217 code such as USD; found '{Shown(cells[1])}'.";
        }

        // With a comma for a point the line has four values.
        if (!decimal.TryParse(cells[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value is < Least or > Most || decimal.Round(value, Decimals) != value)
        {
            return $"Expected the units of the currency for 1 {RateTable.Base}, from 0.000001 to 1000000000 and with at most {Decimals} decimals, such as 1.1587; found '{Shown(cells[2])}'.";
        }

        if (cells[1] == RateTable.Base && value != 1)
        {
            return $"Expected rates against {RateTable.Base}, whose own rate is 1; found {Shown(cells[2])}. Divide the rates of a day by that of {RateTable.Base} first.";
        }

        rate = new(day, cells[1], value);
        return null;
    }

    private static string Shown(string text) => new([.. text.Take(40).Select(letter => char.IsControl(letter) ? '?' : letter)]);
}

/// <summary>A file of rates cannot be used; its first faults are told, each with the number of its line.</summary>
public sealed class InvalidRateFileException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
