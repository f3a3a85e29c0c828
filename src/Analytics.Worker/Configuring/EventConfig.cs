using Analytics.Worker.Enriching;

namespace Analytics.Worker.Configuring;

/// <summary>One version of everything besides the log that rows depend on: limits, rules and tables. Immutable; any thread.</summary>
/// <param name="Version">Named in the ledger of each chunk that was counted by it.</param>
/// <param name="ActivatesAt">Kafka timestamp, Unix milliseconds, from which on a chunk's first record makes the chunk count by this version.</param>
/// <param name="Rules">What is rejected.</param>
/// <param name="Counting">What is flagged, sampled and folded together.</param>
/// <param name="Countries">Country of an address.</param>
/// <param name="Bots">User agents that are programs.</param>
internal sealed record EventConfig(uint Version, long ActivatesAt, RulesOptions Rules, CountingOptions Counting, CountryTable Countries, BotTable Bots)
{
    /// <summary>Version 1, active since ever: the worker's settings and the tables that they name.</summary>
    public static EventConfig OfSettings(EnrichingOptions enriching, CountingOptions counting) => new(
        1, long.MinValue, enriching.Rules, counting,
        enriching.CountryTables.Count == 0 ? CountryTable.Empty : CountryTable.Read(enriching.CountryTables),
        enriching.BotTable is { Length: > 0 } file ? BotTable.Read(file) : BotTable.BuiltIn);
}

/// <summary>The versions that this worker knows.</summary>
internal interface IEventConfigs
{
    /// <summary>The version that a chunk counts by whose first record has this Kafka timestamp; a problem where this worker cannot know it or does not have it.</summary>
    ActiveVersion At(long timestamp);

    /// <summary>A version that <see cref="At"/> has named.</summary>
    EventConfig Of(uint version);
}

/// <summary>An answer of <see cref="IEventConfigs.At"/>.</summary>
/// <param name="Version">The version.</param>
/// <param name="Problem">Why it cannot be counted by: what was expected, what was found, what to do. Null when it can.</param>
/// <param name="MustWait">True when it is not known now and may be later: ask again.</param>
internal readonly record struct ActiveVersion(uint Version, string? Problem = null, bool MustWait = false);

/// <summary>One version for all times.</summary>
internal sealed class FixedConfig(EventConfig config) : IEventConfigs
{
    /// <inheritdoc/>
    public ActiveVersion At(long timestamp) => new(config.Version);

    /// <inheritdoc/>
    public EventConfig Of(uint version) => config;
}
