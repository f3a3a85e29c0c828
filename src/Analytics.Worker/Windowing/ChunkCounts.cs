using Analytics.Core.Events;

namespace Analytics.Worker.Windowing;

/// <summary>What became of the records of one chunk: read = accepted + duplicate + filtered + rejected.</summary>
internal sealed record ChunkCounts
{
    /// <summary>Records, whatever became of them.</summary>
    public long Read { get; init; }

    /// <summary>Offsets that hold no record (<see cref="Core.Chunks.LedgerRow.Skipped"/>), as the consumer saw it.</summary>
    public long Skipped { get; init; }

    /// <summary>Records that were counted.</summary>
    public long Accepted { get; init; }

    /// <summary>Records whose event id was known.</summary>
    public long Duplicate { get; init; }

    /// <summary>Records left out by rule.</summary>
    public long Filtered { get; init; }

    /// <summary>Records in the rejected inbox, by reason (<see cref="Verdicts.Code"/>).</summary>
    public IReadOnlyDictionary<string, long> Rejected { get; init; } = new Dictionary<string, long>();

    /// <summary>Records that were counted and flagged as a bot's because their user had too many in a minute.</summary>
    public long Flagged { get; init; }

    /// <summary>Records whose name was beyond their tenant's budget and counts as <c>__other__</c>.</summary>
    public long FoldedNames { get; init; }

    /// <summary>Of debug events one user in so many was kept.</summary>
    public int DebugOneIn { get; init; } = 1;

    /// <summary>Earliest derived time of an accepted event, Unix milliseconds; null when there is none.</summary>
    public long? MinEventTime { get; init; }

    /// <summary>Latest derived time of an accepted event, Unix milliseconds; null when there is none.</summary>
    public long? MaxEventTime { get; init; }

    /// <summary>Revenue of accepted placed orders, minor units, whatever their currency: a check sum.</summary>
    public long Revenue { get; init; }
}
