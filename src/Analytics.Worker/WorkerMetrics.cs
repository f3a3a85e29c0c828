using System.Diagnostics.Metrics;

namespace Analytics.Worker;

/// <summary>Every figure that the worker publishes about itself: name, unit, meaning. Added up per batch, never per event.</summary>
/// <remarks>No label carries a tenant or a user. One for each process; any thread.</remarks>
internal sealed class WorkerMetrics : IDisposable
{
    private readonly Meter _meter = new("Analytics.Worker");
    private readonly Counter<long> _read;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _filtered;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _replayed;
    private readonly Counter<long> _holes;
    private readonly Counter<long> _chunks;
    private readonly Counter<double> _paused;
    private readonly Histogram<double> _freshness;
    private readonly Histogram<double> _written;
    private readonly Histogram<double> _enrichment;
    private readonly Counter<long> _enriched;
    private readonly Counter<long> _flagged;
    private readonly Counter<long> _folded;
    private readonly Histogram<double> _rebuilt;
    private readonly Counter<long> _rebuiltRows;

    /// <summary>What the instruments belong to.</summary>
    internal Meter Meter => _meter;

    /// <summary>Declares the instruments.</summary>
    public WorkerMetrics()
    {
        _read = _meter.CreateCounter<long>("analytics_records_read", "{record}", "Records taken from Kafka to be counted.");
        _accepted = _meter.CreateCounter<long>("analytics_records_accepted", "{record}", "Records counted.");
        _duplicates = _meter.CreateCounter<long>("analytics_records_duplicate", "{record}", "Records whose event id stood in the filter's horizon.");
        _filtered = _meter.CreateCounter<long>("analytics_records_filtered", "{record}", "Records left out by rule.");
        _rejected = _meter.CreateCounter<long>("analytics_records_rejected", "{record}", "Records in the rejected inbox, by reason.");
        _batches = _meter.CreateCounter<long>("analytics_batches", "{batch}", "Batches handed to the graph.");
        _replayed = _meter.CreateCounter<long>("analytics_chunk_replayed_records", "{record}", "Records re-read at a take-over to warm the duplicate filter.");
        _holes = _meter.CreateCounter<long>("analytics_log_holes", "{hole}", "Gaps in the log that a second read confirmed.");
        _chunks = _meter.CreateCounter<long>("analytics_chunks_sealed", "{chunk}", "Chunks sealed and acknowledged.");
        _paused = _meter.CreateCounter<double>("analytics_backpressure_paused", "s", "Time that partitions were paused because the graph was full.");
        _freshness = _meter.CreateHistogram<double>("analytics_event_to_queryable", "s", "From a record's Kafka timestamp to its acknowledgement by a store.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 3600] });
        _written = _meter.CreateHistogram<double>("analytics_sink_write", "s", "Duration of one write to a store, by sink and outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] });
        _flagged = _meter.CreateCounter<long>("analytics_records_flagged", "{record}", "Records of sealed chunks that were flagged because their user had too many in a minute.");
        _folded = _meter.CreateCounter<long>(
            "analytics_records_folded", "{record}", "Records of sealed chunks that count as __other__ because a tenant brought too many values, by dimension.");
        _rebuilt = _meter.CreateHistogram<double>(
            "analytics_live_rebuild", "s", "Duration of one try to rebuild Redis from ClickHouse, by outcome: done, again (a store was away) or left (another loss, or another worker).",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 10, 15, 20, 30, 60, 120, 300] });
        _rebuiltRows = _meter.CreateCounter<long>("analytics_live_rebuilt", "{row}", "Rows that a rebuild has written to Redis: minutes of chunks and users.");
        _enrichment = _meter.CreateHistogram<double>("analytics_enrichment", "s", "Duration of one step of the enricher for one batch.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.01, 0.1, 1] });
        _enriched = _meter.CreateCounter<long>(
            "analytics_enriched_records", "{record}", "Records that a step completed: a country of an address, a bot of an agent, a campaign of a URL, a currency's case, a user.");
    }

    /// <summary>A batch of records has been handed to the graph.</summary>
    public void Read(string topic, int records)
    {
        _batches.Add(1);
        _read.Add(records, new KeyValuePair<string, object?>("topic", topic));
    }

    /// <summary>Records of one batch that were counted, known already, or left out.</summary>
    public void Judged(string topic, long accepted, long duplicates, long filtered)
    {
        var label = new KeyValuePair<string, object?>("topic", topic);
        _accepted.Add(accepted, label);
        _duplicates.Add(duplicates, label);
        _filtered.Add(filtered, label);
    }

    /// <summary>Records of one batch that were rejected for one reason.</summary>
    public void Rejected(string topic, string reason, long records) =>
        _rejected.Add(records, new KeyValuePair<string, object?>("topic", topic), new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Records re-read for the duplicate filter.</summary>
    public void Replayed(int records) => _replayed.Add(records);

    /// <summary>A confirmed gap in the log.</summary>
    public void Hole() => _holes.Add(1);

    /// <summary>A chunk is sealed and acknowledged.</summary>
    public void ChunkSealed(string topic) => _chunks.Add(1, new KeyValuePair<string, object?>("topic", topic));

    /// <summary>What a chunk flagged and folded, once it is sealed and acknowledged.</summary>
    public void Folded(long flagged, IReadOnlyDictionary<string, long> folded)
    {
        _flagged.Add(flagged);
        foreach (var (dimension, count) in folded)
        {
            _folded.Add(count, new KeyValuePair<string, object?>("dimension", dimension));
        }
    }

    /// <summary>The partitions stood still for so long.</summary>
    public void Paused(TimeSpan time) => _paused.Add(time.TotalSeconds);

    /// <summary>A flush was acknowledged by a store: <paramref name="sink"/> is live or history.</summary>
    public void Queryable(string sink, TimeSpan age) => _freshness.Record(age.TotalSeconds, new KeyValuePair<string, object?>("sink", sink));

    /// <summary>One write to a store: <paramref name="outcome"/> is ok, retry or dropped.</summary>
    public void Written(string sink, string outcome, TimeSpan took) =>
        _written.Record(took.TotalSeconds, new KeyValuePair<string, object?>("sink", sink), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>One try to rebuild the live figures has ended: <paramref name="outcome"/> is done, again or left.</summary>
    public void Rebuilt(string outcome, TimeSpan took) => _rebuilt.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A rebuild has written rows: <paramref name="kind"/> is part or visitor.</summary>
    public void RebuiltRows(string kind, int rows) => _rebuiltRows.Add(rows, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Whether the live figures are known to be stale, asked when somebody looks.</summary>
    public void ObserveStale(Func<bool> isStale) => _meter.CreateObservableGauge(
        "analytics_live_stale", () => isStale() ? 1 : 0, "1", "1 while figures are missing in Redis and the API answers from ClickHouse.");

    /// <summary>One step of the enricher has gone over one batch and completed so many records.</summary>
    public void Enriched(string step, TimeSpan took, int records)
    {
        var label = new KeyValuePair<string, object?>("step", step);
        _enrichment.Record(took.TotalSeconds, label);
        _enriched.Add(records, label);
    }

    /// <summary>Batches waiting in each step, asked when somebody looks.</summary>
    public void ObserveQueues(Func<IEnumerable<(string Step, int Count)>> occupancy) =>
        _meter.CreateObservableGauge(
            "analytics_queue_depth", () => occupancy().Select(step => new Measurement<int>(step.Count, new KeyValuePair<string, object?>("step", step.Step))),
            "{batch}", "Batches waiting in each step of the graph.");

    /// <summary>How far each owned partition is behind, asked when somebody looks.</summary>
    public void ObservePartitions(Func<IEnumerable<(string Topic, int Partition, double LagSeconds, int Halted)>> partitions)
    {
        _meter.CreateObservableGauge(
            "analytics_partition_time_lag", () => partitions().Select(at => new Measurement<double>(at.LagSeconds, Labels(at.Topic, at.Partition))),
            "s", "Age of the last record read, or before the first of the assignment; 0 when the partition is drained.");
        _meter.CreateObservableGauge(
            "analytics_partition_halted", () => partitions().Select(at => new Measurement<int>(at.Halted, Labels(at.Topic, at.Partition))),
            "{partition}", "1 when reading stopped because records are missing: a human must decide.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?>[] Labels(string topic, int partition) =>
        [new("topic", topic), new("partition", partition)];
}
