using Analytics.Worker.Enriching;

namespace Analytics.Worker.Partitioning;

/// <summary>The rows of one enriched batch that one lane counts. Refers to the batch; copies nothing of it.</summary>
/// <remarks>
/// Made by <see cref="KeyPartitioner"/>, one for every lane and one for the raw lane, read by that lane only, which then calls
/// <see cref="Release"/> exactly once: this gives up the slice's hold on the shared batch and returns the slice to the pool.
/// A slice without rows still carries its batch's <c>Flush</c>.
/// </remarks>
internal sealed class LaneSlice
{
    private Action<LaneSlice>? _return;

    /// <summary>The batch that the rows belong to; shared with the other lanes, so nobody writes to it any more.</summary>
    public EnrichedBatch Batch = null!;

    /// <summary>0 to N - 1 for the counting lanes, N for the raw lane.</summary>
    public int Lane;

    /// <summary>Row numbers in offset order; the first <see cref="Count"/> are valid. Counting lanes get accepted rows only, the raw lane every row.</summary>
    public int[] Rows = [];

    /// <summary>Number of rows.</summary>
    public int Count;

    /// <summary>Numbers of the rows whose user falls to the lane, in offset order; the first <see cref="VisitCount"/> are valid. Empty for the raw lane.</summary>
    public int[] Visits = [];

    /// <summary>Number of rows whose user falls to the lane.</summary>
    public int VisitCount;

    /// <summary>The valid row numbers.</summary>
    public ReadOnlySpan<int> Selected => Rows.AsSpan(0, Count);

    /// <summary>The valid numbers of rows whose user falls to the lane: all events of one user come to one lane.</summary>
    public ReadOnlySpan<int> Visited => Visits.AsSpan(0, VisitCount);

    /// <summary>Starts a life: room for <paramref name="capacity"/> rows of <paramref name="batch"/>.</summary>
    public void Begin(EnrichedBatch batch, int lane, int capacity, Action<LaneSlice> giveBack)
    {
        (Batch, Lane, Count, VisitCount, _return) = (batch, lane, 0, 0, giveBack);
        if (Rows.Length < capacity)
        {
            Rows = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
            Visits = new int[Rows.Length];
        }
    }

    /// <summary>The lane is done with the rows.</summary>
    public void Release()
    {
        var batch = Batch;
        Batch = null!;
        batch.Release();
        _return?.Invoke(this);
    }
}
