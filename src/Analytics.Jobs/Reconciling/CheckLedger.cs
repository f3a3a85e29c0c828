using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;
using Quartz;

namespace Analytics.Jobs.Reconciling;

/// <summary>Checks, while everything runs, that the ledger explains every record: what `analytics ledger verify` does by hand.</summary>
/// <remarks>A fault is logged as an error and counted; nothing is repaired by itself. When ClickHouse is away the run fails, and the next one tries again.</remarks>
[DisallowConcurrentExecution]
internal sealed class CheckLedger(Ledger ledger, JobsMetrics metrics, ILogger<CheckLedger> log) : IJob
{
    /// <summary>Every five minutes: a table of one row a chunk is read in milliseconds.</summary>
    public static readonly TimeSpan Cadence = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var rows = new List<LedgerRow>();
        await foreach (var row in ledger.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(row);
        }

        var report = LedgerCheck.Of(rows);
        var records = report.Partitions.Sum(one => one.Total.Read);
        metrics.LedgerChecked(report.Faults.Count, records);
        foreach (var fault in report.Faults)
        {
            Log.LedgerFault(log, fault.Chunk.Topic, fault.Chunk.Partition, fault.Chunk.FirstOffset, fault.Text);
        }

        if (report.Faults.Count == 0)
        {
            Log.LedgerHolds(log, report.Partitions.Count, records);
        }
    }
}
