using System.Globalization;

namespace Analytics.Benchmarks.Harness;

/// <summary>The sums of <c>docs/COST.md</c>; the assumptions stand there.</summary>
internal static class CostTable
{
    /// <summary>Row with the worker's CPU for an event.</summary>
    public const string Worker = "15 1 worker";

    /// <summary>Row with the CPU that a row of the history costs.</summary>
    public const string Sink = "9";

    /// <summary>Row with the rows of an event.</summary>
    public const string RowsPerEvent = "9 rows";

    /// <summary>Row with the bytes that an event takes on disk.</summary>
    public const string BytesPerEvent = "9 disk";

    private const double CpuHour = 0.04;
    private const double GigabyteMonth = 0.08;
    private const double Use = 0.3;
    private const int Months = 24;
    private const int Copies = 2;
    private const double DaysPerMonth = 30.4;

    /// <summary>The sums, or null while a row is missing.</summary>
    public static string? Of(Results results)
    {
        Row? Find(string number) => results.Rows.FirstOrDefault(row => row.Number == number);
        if (Find(Worker)?.Ours is not { } worker || Find(Sink)?.Ours is not { } sink || Find(RowsPerEvent) is not { } rows || Find(BytesPerEvent) is not { } bytes)
        {
            return null;
        }

        var cpu = worker.CpuMicroseconds + rows.Value * sink.CpuMicroseconds;
        var lines = new List<string>
        {
            Line($"CPU of an event = {worker.CpuMicroseconds:0.00} µs in the worker + {rows.Value:0.00} rows × {sink.CpuMicroseconds:0.00} µs = **{cpu:0.00} µs**: {1e6 / cpu:#,0} events a core-second."),
            Line($"Disk of an event = **{bytes.Value:0} bytes** over all tables, compressed."),
            "",
            "| Events a day | Events a month | CPU | CPU money | Disk after 24 months | Disk money | Together |",
            "|---:|---:|---:|---:|---:|---:|---:|",
        };
        foreach (var daily in new[] { 100, 1_000, 10_000 })
        {
            var monthly = daily * DaysPerMonth;
            var seconds = monthly * cpu / 1e6 / Use;
            var gigabytes = monthly * Months * bytes.Value * Copies / 1e9;
            var (cpuMoney, diskMoney) = (seconds / 3_600 * CpuHour, gigabytes * GigabyteMonth);
            lines.Add(Line(
                $"| {daily:#,0} | {monthly:#,0} | {monthly:#,0} × {cpu:0.00} µs ÷ {Use:0.0} = {seconds:0.00} s | ${cpuMoney:0.000000} | {gigabytes * 1_000:0.0} MB | ${diskMoney:0.000000} | **${cpuMoney + diskMoney:0.0000}** |"));
        }

        return string.Join('\n', lines);
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
