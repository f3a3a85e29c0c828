using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Analytics.Benchmarks.Harness;

/// <summary>The rows of a run, as it is kept in <c>load-tests/results/latest.json</c>.</summary>
/// <param name="Machine">Cores, runtime, system.</param>
/// <param name="Workloads">The workloads, by name, in a sentence each.</param>
/// <param name="Rows">In the order of their numbers.</param>
internal sealed record Results(string Machine, IReadOnlyDictionary<string, string> Workloads, IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The machine that this runs on.</summary>
    public static string ThisMachine => $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";

    /// <summary>What a file holds.</summary>
    /// <exception cref="InvalidOperationException">It holds something else.</exception>
    public static Results Read(string path) =>
        JsonSerializer.Deserialize<Results>(File.ReadAllText(path), Json) ?? throw new InvalidOperationException($"expected results in {path}, found null");

    /// <summary>These rows in the place of those with the same number, and the others as they were.</summary>
    public Results With(Results newer)
    {
        var numbers = newer.Rows.Select(row => row.Number).ToHashSet();
        var rows = Rows.Where(row => !numbers.Contains(row.Number)).Concat(newer.Rows).OrderBy(row => OrderOf(row.Number));
        var workloads = Workloads.Concat(newer.Workloads).GroupBy(pair => pair.Key).ToDictionary(pairs => pairs.Key, pairs => pairs.Last().Value);
        return newer with { Workloads = workloads, Rows = [.. rows] };
    }

    /// <summary>Writes them to a file.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(this with { Rows = [.. Rows.Select(Rounded)] }, Json) + "\n");
    }

    // 2 before 10, and variants after what they vary.
    private static (int Number, string Variant) OrderOf(string number)
    {
        var digits = number.TakeWhile(char.IsAsciiDigit).Count();
        return (digits == 0 ? int.MaxValue : int.Parse(number.AsSpan(0, digits), CultureInfo.InvariantCulture), number[digits..]);
    }

    private static Row Rounded(Row row) => row with
    {
        Value = Round(row.Value),
        Min = Round(row.Min),
        Max = Round(row.Max),
        Ours = Rounded(row.Ours),
        Reference = Rounded(row.Reference),
    };

    private static Side? Rounded(Side? side) => side is null ? null : side with { Rate = Math.Round(side.Rate), CpuMicroseconds = Round(side.CpuMicroseconds) };

    private static double Round(double value) => Math.Round(value, 3);
}
