using System.Globalization;

namespace Analytics.Benchmarks.Harness;

/// <summary>Results as a Markdown table for people.</summary>
internal static class ResultsTable
{
    /// <summary>One line a row, and below what the words mean.</summary>
    public static string Of(Results results)
    {
        var lines = new List<string>
        {
            "| # | Ours ÷ reference | Value | Min to max | Goal | Aim | Met | Rate, ours ÷ reference | CPU µs each, ours ÷ reference |",
            "|---|---|---:|---:|---:|---:|---|---:|---:|",
        };
        lines.AddRange(results.Rows.Select(LineOf));
        lines.Add("");
        lines.Add($"Measured {results.Rows.Max(row => row.At)} on {results.Machine}. Medians of interleaved runs; CPU is user and system time of the process that does the work, all its threads.");
        lines.AddRange(results.Workloads.Select(workload => $"Workload *{workload.Key}*: {workload.Value}."));
        return string.Join('\n', lines);
    }

    private static string LineOf(Row row)
    {
        var unit = row.Unit == Row.Times ? "" : " " + row.Unit;
        var (goal, aim, met) = row.Goal is not { } to ? ("", "", "")
            : (to.Limit is { } limit ? $"{(to.Direction == Goal.AtMost ? "≤" : "≥")} {Text(limit)}" : "", Text(to.Aim), row.Met!.Value ? to.IsReachedBy(row.Value) ? "aim" : "yes" : "no");
        var (rate, cpu) = Pairs(row);
        return $"| {row.Number} | {row.Name} | **{Text(row.Value)}**{unit} | {Text(row.Min)} to {Text(row.Max)} | {goal} | {aim} | {met} | {rate} | {cpu} |";
    }

    private static (string Rates, string Cpus) Pairs(Row row) => (row.Ours, row.Reference) switch
    {
        ({ } ours, { } theirs) => ($"{Rate(ours)} ÷ {Rate(theirs)} {ours.Unit}", $"{Text(ours.CpuMicroseconds)} ÷ {Text(theirs.CpuMicroseconds)}"),
        ({ } ours, null) => ($"{Rate(ours)} {ours.Unit}", Text(ours.CpuMicroseconds)),
        _ => ("", ""),
    };

    private static string Rate(Side side) => string.Create(CultureInfo.InvariantCulture, $"{side.Rate:#,0}");

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : Math.Abs(value) >= 10 ? "0.0" : "0.##", CultureInfo.InvariantCulture);
}
