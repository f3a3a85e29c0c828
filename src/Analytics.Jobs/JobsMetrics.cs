using System.Diagnostics.Metrics;

namespace Analytics.Jobs;

/// <summary>Every figure that the jobs publish. One for each process; any thread.</summary>
internal sealed class JobsMetrics : IDisposable
{
    private readonly Meter _meter = new("Analytics.Jobs");
    private readonly Gauge<long> _faults;
    private readonly Gauge<long> _records;

    /// <summary>Declares the instruments.</summary>
    public JobsMetrics()
    {
        _faults = _meter.CreateGauge<long>("analytics_jobs_ledger_faults", "{fault}", "Places where the ledger does not add up, at the last check: 0 is the promise.");
        _records = _meter.CreateGauge<long>("analytics_jobs_ledger_records", "{record}", "Records that the ledger explains, at the last check.");
    }

    /// <summary>A check of the ledger is done.</summary>
    public void LedgerChecked(int faults, long records)
    {
        _faults.Record(faults);
        _records.Record(records);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
