using System.Diagnostics;
using System.Globalization;

namespace Analytics.Scenarios.Tests;

/// <summary>Goal: a worker that is killed costs time and nothing else. Method: the Superstore's orders are loaded again and again while the worker is killed.</summary>
public sealed class KilledWorkerTests(RunningStack stack) : IClassFixture<RunningStack>
{
    private const int Orders = 7_050;

    // The file's own figures, recounted by a script that shares no code with this project.
    private static readonly (long Seller, decimal Revenue, long Orders, long Units, long Customers)[] Superstore =
    [
        (1, 741_999.74m, 1_764, 8_028, 707),
        (2, 719_046.89m, 3_742, 22_906, 788),
        (3, 836_154.02m, 1_544, 6_939, 687),
    ];

    [Fact]
    public async Task Orders_loaded_twice_with_a_worker_killed_in_the_middle_are_counted_once()
    {
        var load = stack.CliAsync("demo", "load");
        await stack.CountedAsync(1);
        KillWorker();
        Assert.Equal(0, (await load).Code);
        await stack.CountedAsync(Orders);
        await AssertFiguresAsync();

        var again = stack.CliAsync("demo", "load");
        KillWorker();
        Assert.Equal(0, (await again).Code);
        await stack.CountedAsync(2 * Orders);
        await AssertFiguresAsync();
        Assert.Equal(Orders, await stack.CountAsync("SELECT toInt64(sum(duplicate)) FROM ledger FINAL"));

        var (code, output) = await stack.CliAsync("ledger", "verify");
        Assert.True(code == 0, output);
        Assert.Contains("tiled, read = accepted + duplicate + rejected + filtered", output, StringComparison.Ordinal);
    }

    private async Task AssertFiguresAsync()
    {
        foreach (var (seller, revenue, orders, units, customers) in Superstore)
        {
            var totals = await stack.HistoryAsync(seller);
            Assert.Equal(
                (revenue, orders, units, customers),
                (totals.GetProperty("revenue").GetDecimal(), totals.GetProperty("orders").GetInt64(), totals.GetProperty("units").GetInt64(), totals.GetProperty("customers").GetInt64()));
        }
    }

    // The supervisor starts another one.
    private void KillWorker()
    {
        var pid = int.Parse(File.ReadAllText(Path.Combine(stack.Stack.Folder, "pids", "worker-1")).Split()[0], CultureInfo.InvariantCulture);
        using var worker = Process.GetProcessById(pid);
        worker.Kill();
        worker.WaitForExit();
    }
}
