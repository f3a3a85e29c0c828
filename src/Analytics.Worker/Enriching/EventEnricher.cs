using Analytics.Worker.Decoding;

namespace Analytics.Worker.Enriching;

/// <summary>Judges the records of a batch by the rules, then completes the accepted ones, step after step.</summary>
/// <remarks>
/// Several batches at once, of any partitions. No allocation per event: texts are looked at once a chunk and distinct value, see <see cref="ChunkMemo"/>.
/// The enriched batch starts with one holder, the next step; when the last holder releases it, the decoded batch goes back by <c>giveBack</c>.
/// </remarks>
internal sealed class EventEnricher : IStage<DecodedBatch, EnrichedBatch>
{
    private readonly RulesOptions _rules;
    private readonly IEnrichment[] _steps;
    private readonly Pool<EnrichedBatch> _batches = new(() => new EnrichedBatch(), keep: 64);
    private readonly Action<EnrichedBatch> _giveBack;

    /// <summary>An enricher with the standard steps.</summary>
    /// <param name="options">Rules and tables; named tables are read here.</param>
    /// <param name="giveBack">Takes back a decoded batch that nobody holds any more; any thread.</param>
    public EventEnricher(EnrichingOptions options, Action<DecodedBatch> giveBack)
    {
        _rules = options.Rules;
        _steps =
        [
            new CountryAndAddress(options.CountryTables.Count == 0 ? CountryTable.Empty : CountryTable.Read(options.CountryTables)),
            new DeviceAndBot(),
            new SourceChannel(),
            new CurrencyCase(),
            new UserAndSession(),
        ];
        _giveBack = batch =>
        {
            var decoded = batch.Decoded;
            batch.Decoded = null!;
            _batches.Return(batch);
            giveBack(decoded);
        };
    }

    /// <inheritdoc/>
    public ValueTask<EnrichedBatch> ApplyAsync(DecodedBatch batch, CancellationToken cancellation) => new(Apply(batch));

    /// <summary>The judged and completed batch. Batches from before the start and lost ones pass as they are: only their ids matter.</summary>
    public EnrichedBatch Apply(DecodedBatch decoded)
    {
        var raw = decoded.Raw;
        var batch = _batches.Rent();
        batch.Decoded = decoded;
        batch.Begin(1, _giveBack);
        batch.Reserve(raw.Count);
        if (raw.WarmUp || raw.Chunk.Lost.IsCancellationRequested)
        {
            return batch;
        }

        EventRules.Judge(raw, decoded.Columns, new EventClock(_rules, raw.Chunk.Id.Topic), batch.EventTimes, batch.Clamped);
        var memo = ChunkMemo.Of(raw.Chunk);
        foreach (var step in _steps)
        {
            step.Apply(batch, memo);
        }

        return batch;
    }
}
