using Analytics.Storage.ClickHouse;
using Analytics.Storage.Redis;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Windowing;

/// <summary>What one lane has to write: the rows that are dirty at a flush, or, from the raw lane, rows that it cannot keep any longer.</summary>
/// <remarks>
/// Every lane answers every flush with one output, empty or not, so that a writer knows when it has all of a flush. Read by all writers, changed by
/// none; the history writer, which is the only one to use them, gives the memory of <see cref="Tables"/> back.
/// </remarks>
internal sealed class LaneOutput
{
    /// <summary>The chunk that was counted.</summary>
    public required Chunk Chunk { get; init; }

    /// <summary>0 to N - 1, or N for the raw lane.</summary>
    public required int Lane { get; init; }

    /// <summary>The number of this flush of this chunk, from 0, equal in every lane; -1 for rows that were sent between flushes.</summary>
    public required int Sequence { get; init; }

    /// <summary>The stores concerned; <see cref="Consuming.Flush.None"/> for rows that were sent between flushes.</summary>
    public required Flush Flush { get; init; }

    /// <summary>Last offset included: the <c>ver</c> of every row.</summary>
    public required long LastOffset { get; init; }

    /// <summary>Ends when it may be written, or its chunk is lost: writers wait for it. The same for every output of a flush.</summary>
    public required Task Confirmed { get; init; }

    /// <summary>Rows for ClickHouse, table by table.</summary>
    public IReadOnlyList<TableRows> Tables { get; init; } = [];

    /// <summary>
    /// For Redis: what was added to each tenant's minutes since the last live flush; null where there is nothing. The live writer, which is the only one to
    /// use it, gives it back.
    /// </summary>
    public LentList<LiveAddition>? Live { get; init; }

    /// <summary>For Redis: users seen since the last live flush; null where there are none. As <see cref="Live"/>.</summary>
    public LentList<LiveVisitor>? Visitors { get; init; }

    /// <summary>From the raw lane, at a history flush: the figures of the chunk's ledger row so far.</summary>
    public ChunkCounts? Counts { get; init; }

    /// <summary>Events of the chunk so far that this lane counts as <c>__other__</c>; those folded by name come from the raw lane.</summary>
    public FoldedCounts Folded { get; init; }

    /// <summary>From the raw lane: records for the dead-letter topic.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters { get; init; } = [];
}
