using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Analytics.Benchmarks.Harness;

/// <summary>The rows of one run, as a table for people and as a file for whoever compares runs.</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes <c>{at, machine, rows: [{name, ratio, min, max, ours, reference, unit}]}</c>.</summary>
    public static void Write(string path, IReadOnlyList<Row> rows, TimeProvider time)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var results = new
        {
            At = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            Machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}",
            Rows = rows.Select(row => row with { Ratio = Round(row.Ratio), Min = Round(row.Min), Max = Round(row.Max), Ours = Math.Round(row.Ours), Reference = Math.Round(row.Reference) }),
        };
        File.WriteAllText(path, JsonSerializer.Serialize(results, Json) + "\n");
    }

    /// <summary>A Markdown table: one line a row.</summary>
    public static string Table(IReadOnlyList<Row> rows)
    {
        var lines = new List<string> { "| Ours ÷ reference | Ratio | Min to max | Ours | Reference |", "|---|---:|---:|---:|---:|" };
        lines.AddRange(rows.Select(row => string.Create(CultureInfo.InvariantCulture,
            $"| {row.Name} | **{row.Ratio:0.00}** | {row.Min:0.00} to {row.Max:0.00} | {row.Ours:N0} {row.Unit} | {row.Reference:N0} {row.Unit} |")));
        return string.Join('\n', lines);
    }

    /// <summary>Puts the table between the marks of a page.</summary>
    /// <exception cref="InvalidOperationException">The page has no marks.</exception>
    public static void WriteTable(string page, IReadOnlyList<Row> rows)
    {
        const string Begin = "<!-- bench -->\n";
        const string End = "<!-- /bench -->";
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"expected the marks {Begin.Trim()} and {End} in {page}, found none");
        }

        File.WriteAllText(page, text[..(begin + Begin.Length)] + Table(rows) + "\n" + text[end..]);
    }

    private static double Round(double value) => Math.Round(value, 3);
}
