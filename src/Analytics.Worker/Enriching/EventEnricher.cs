using System.Collections.Concurrent;
using Analytics.Worker.Configuring;
using Analytics.Worker.Decoding;

namespace Analytics.Worker.Enriching;

/// <summary>Judges the records of a batch by the rules, then completes the accepted ones, step after step.</summary>
/// <remarks>
/// Several batches at once, of any partitions. Rules and tables are those of the chunk's config version, so that two versions may be at work side by side.
/// No allocation per event: texts are looked at once a chunk and distinct value, see <see cref="ChunkMemo"/>. The enriched batch starts with one
/// holder, the next step; when the last holder releases it, the decoded batch goes back by <c>giveBack</c>.
/// </remarks>
internal sealed class EventEnricher : IStage<DecodedBatch, EnrichedBatch>
{
    private readonly IEventConfigs _configs;
    private readonly TimeProvider _time;
    private readonly WorkerMetrics? _metrics;
    private readonly ConcurrentDictionary<uint, Prepared> _prepared = new();
    private readonly Pool<EnrichedBatch> _batches = new(() => new EnrichedBatch(), keep: 64);
    private readonly Action<EnrichedBatch> _giveBack;

    /// <summary>An enricher with the standard steps.</summary>
    /// <param name="configs">Rules and tables, by version.</param>
    /// <param name="time">Times the steps; no row depends on it.</param>
    /// <param name="metrics">Told of each step and batch; null where nobody looks.</param>
    /// <param name="giveBack">Takes back a decoded batch that nobody holds any more; any thread.</param>
    public EventEnricher(IEventConfigs configs, TimeProvider time, WorkerMetrics? metrics, Action<DecodedBatch> giveBack)
    {
        (_configs, _time, _metrics) = (configs, time, metrics);
        _giveBack = batch =>
        {
            var decoded = batch.Decoded;
            batch.Decoded = null!;
            _batches.Return(batch);
            giveBack(decoded);
        };
    }

    /// <summary>An enricher of one version for all times, which tells nobody about its steps.</summary>
    public EventEnricher(EnrichingOptions options, Action<DecodedBatch> giveBack)
        : this(new FixedConfig(EventConfig.OfSettings(options, new CountingOptions())), TimeProvider.System, null, giveBack)
    {
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

        var prepared = _prepared.GetOrAdd(raw.Chunk.ConfigVersion, static (version, configs) => new Prepared(configs.Of(version)), _configs);
        EventRules.Judge(raw, decoded.Columns, new EventClock(prepared.Rules, raw.Chunk.Id.Topic), batch.EventTimes, batch.Clamped);
        var memo = ChunkMemo.Of(raw.Chunk);
        var begun = _time.GetTimestamp();
        foreach (var step in prepared.Steps)
        {
            var completed = step.Apply(batch, memo);
            var ended = _time.GetTimestamp();
            _metrics?.Enriched(step.Name, _time.GetElapsedTime(begun, ended), completed);
            begun = ended;
        }

        return batch;
    }

    /// <summary>The steps of one version.</summary>
    private sealed class Prepared(EventConfig config)
    {
        public RulesOptions Rules { get; } = config.Rules;

        public IEnrichment[] Steps { get; } =
            [new CountryAndAddress(config.Countries), new AgentAndBot(config.Bots), new SourceAndCampaign(), new CurrencyCase(), new UserAndSession()];
    }
}
