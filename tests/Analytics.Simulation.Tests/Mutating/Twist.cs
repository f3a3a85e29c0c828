using Analytics.Simulation.Tests.Faking;
using Analytics.Simulation.Tests.Making;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;

namespace Analytics.Simulation.Tests.Mutating;

/// <summary>The parts of a run that a mutant exchanges without touching the worker's code: settings of each worker, rules of the stores.</summary>
internal sealed class Twist
{
    /// <summary>As in production.</summary>
    public static Twist None { get; } = new();

    public StoreRules History { get; init; } = new();

    public StoreRules Live { get; init; } = new();

    /// <summary>Offsets that are not warmed at a take-over although the horizon reaches them.</summary>
    public int ColdOffsets { get; init; }

    /// <summary>The filter knows only this part of the horizon.</summary>
    public int HorizonDivisor { get; init; } = 1;

    /// <summary>Every second worker cuts chunks of twice the size, and the size that a topic was cut with is not recorded.</summary>
    public bool ForgetsChunkSize { get; init; }

    /// <summary>Every second worker has other rules, from its start on.</summary>
    public bool ChangesRules { get; init; }

    /// <summary>Settings of a worker.</summary>
    public ConsumingOptions Consuming(Plan plan, int worker) => new()
    {
        Topics = string.Join(',', plan.Partitions.Select(at => at.Topic).Distinct()),
        ChunkSize = ForgetsChunkSize && worker % 2 == 1 ? 2 * plan.ChunkSize : plan.ChunkSize,
        ChunkBytes = plan.ChunkBytes,
        BatchRecords = plan.BatchRecords,
        BatchBytes = plan.BatchBytes,
        LiveEvery = TimeSpan.FromMilliseconds(100),
        HistoryEvery = TimeSpan.FromMilliseconds(300),
        HistoryRecords = plan.HistoryRecords,
        UnsealedChunks = plan.UnsealedChunks,
        WarmUpRecords = plan.Horizon - ColdOffsets,
        LargestHole = plan.LargestHole,
    };

    /// <summary>Settings of a worker.</summary>
    public EnrichingOptions Enriching(int worker)
    {
        var options = new EnrichingOptions();
        options.Rules.ClampAheadMinutes = ChangesRules && worker % 2 == 1 ? 0 : options.Rules.ClampAheadMinutes;
        return options;
    }
}
