using System.Globalization;
using Analytics.Benchmarks.Harness;

namespace Analytics.Benchmarks.Rows;

/// <summary>Measures the rows that were asked for and keeps them.</summary>
internal static class BenchRun
{
    private static readonly string Latest = Path.Combine(BenchFolder.Root, "load-tests/results/latest.json");

    /// <summary>The whole run. A row that fails is told and the others go on; the exit code is then 1.</summary>
    public static async Task<int> RunAsync(Bench bench)
    {
        var rows = new List<Row>();
        var failed = new List<string>();
        foreach (var (number, measure) in Catalogue.Rows.Where(row => bench.Options.Wants(row.Number)))
        {
            try
            {
                var at = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
                rows.AddRange((await measure(bench)).Select(row => row with { At = at }));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Minutes of measured rows are worth more than a clean stack; the exit code tells.
                failed.Add($"row {number} failed: {failure}");
                Narration.Say(failed[^1]);
            }
        }

        var results = new Results(Results.ThisMachine, bench.Workloads, rows);
        Keep(results, bench.Options);
        Console.WriteLine(rows.Count > 0 ? ResultsTable.Of(results) : "No row was measured.");
        failed.ForEach(Console.Error.WriteLine);
        return failed.Count > 0 || rows.Count == 0 ? 1 : 0;
    }

    private static void Keep(Results results, BenchOptions options)
    {
        if (options.IsQuick || results.Rows.Count == 0 || (options.Only is not null && !options.IsKept))
        {
            return;
        }

        var kept = options.Only is null || !File.Exists(Latest) ? results : Results.Read(Latest).With(results);
        kept.Write(Latest);
        Page.Write(Path.Combine(BenchFolder.Root, "README.md"), "bench", ResultsTable.Of(kept));
        if (CostTable.Of(kept) is { } cost)
        {
            Page.Write(Path.Combine(BenchFolder.Root, "docs/COST.md"), "cost", cost);
        }
    }
}
