using System.Globalization;
using Analytics.Core.Chunks;

namespace Analytics.Cli.Ledgers;

/// <summary>A ledger report as a table for people: a line a partition, the sums, the verdict.</summary>
internal static class LedgerText
{
    private static readonly string[] Heads = ["topic", "epoch", "partition", "chunks", "offsets", "read", "skipped", "accepted", "duplicate", "filtered", "rejected", "revenue (minor)"];

    /// <summary>Writes the report.</summary>
    public static void Write(LedgerReport report, TextWriter text)
    {
        if (report.Partitions.Count == 0)
        {
            text.WriteLine("The ledger is empty: no record has been counted yet.");
            return;
        }

        WriteTable([Heads, .. report.Partitions.Select(Line), Sum(report.Partitions)], text);
        if (report.Rejected.Count > 0)
        {
            text.WriteLine("rejected: " + string.Join(", ", report.Rejected.Select(reason => $"{reason.Key} {Number(reason.Value)}")));
        }

        foreach (var fault in report.Faults)
        {
            text.WriteLine($"FAULT {fault.Chunk.Topic} [{fault.Chunk.Partition}] chunk {fault.Chunk.FirstOffset} epoch {fault.Chunk.Epoch:x16}: {fault.Text}");
        }

        text.WriteLine(report.Faults.Count == 0
            ? $"ok: {report.Partitions.Count} partitions tiled, read = accepted + duplicate + rejected + filtered"
            : $"{report.Faults.Count} faults: the ledger does not prove that every record was counted once");
    }

    private static string[] Line(LedgerPartition one) =>
    [
        one.Topic,
        one.Epoch.ToString("x16", CultureInfo.InvariantCulture),
        one.Partition.ToString(CultureInfo.InvariantCulture),
        one.OpenChunks == 0 ? Number(one.Chunks) : $"{Number(one.Chunks)} ({one.OpenChunks} open)",
        $"{one.FirstOffset}..{one.LastOffset}",
        .. Numbers(one.Total),
    ];

    private static string[] Sum(IReadOnlyList<LedgerPartition> all) =>
    [
        "total", "", "", Number(all.Sum(one => one.Chunks)), "",
        .. Numbers(new LedgerTotal(
            all.Sum(one => one.Total.Read), all.Sum(one => one.Total.Skipped), all.Sum(one => one.Total.Accepted), all.Sum(one => one.Total.Duplicate),
            all.Sum(one => one.Total.Filtered), all.Sum(one => one.Total.Rejected), all.Sum(one => one.Total.Revenue))),
    ];

    private static string[] Numbers(LedgerTotal total) =>
        [Number(total.Read), Number(total.Skipped), Number(total.Accepted), Number(total.Duplicate), Number(total.Filtered), Number(total.Rejected), Number(total.Revenue)];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // Words to the left, numbers to the right.
    private static void WriteTable(IReadOnlyList<string[]> lines, TextWriter text)
    {
        var widths = Enumerable.Range(0, Heads.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            text.WriteLine(string.Join("  ", line.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }
}
