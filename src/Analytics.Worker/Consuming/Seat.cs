namespace Analytics.Worker.Consuming;

/// <summary>One partition while it is ours, and what the client has been told about it.</summary>
internal sealed class Seat(PartitionReader reader, long arrived) : IDisposable
{
    /// <summary>Its state machine.</summary>
    public readonly PartitionReader Reader = reader;

    /// <summary>When it came, Unix milliseconds.</summary>
    public readonly long Arrived = arrived;

    /// <summary>Ends what is looked up for it.</summary>
    public readonly CancellationTokenSource Lost = new();

    /// <summary>The look-up of its start, once that has begun.</summary>
    public Task<Start>? Finding;

    /// <summary>Whether the client is paused. Null, not known: it keeps the pause of a partition that goes and comes back, so it must be told at each arrival.</summary>
    public bool? IsPaused;

    /// <summary>The log that it was found to be; null before that.</summary>
    public ulong? Epoch;

    /// <summary>The client has given up fetching it.</summary>
    public bool IsStopped;

    /// <summary>People have been told that it has halted.</summary>
    public bool IsReported;

    /// <summary>Holes that people have been told of.</summary>
    public int Holes;

    /// <summary>The lowest strand that no partition has, so that what is owned spreads evenly over any number of strands.</summary>
    public static int FreeStrand(Seat[] seats)
    {
        var strand = 0;
        while (Array.Exists(seats, seat => seat.Reader.Strand == strand))
        {
            strand++;
        }

        return strand;
    }

    /// <summary>Age of the last record read, or of the assignment before the first; 0 when nothing is left to read.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public double LagSeconds(long now) => Reader.IsDrained ? 0 : Math.Max(0, now - (Reader.LastTimestamp > 0 ? Reader.LastTimestamp : Arrived)) / 1_000.0;

    /// <summary>Its start is found anew; an answer that is under way may be of the log before.</summary>
    public void Restart()
    {
        (Epoch, Finding) = (null, null);
        Reader.Restart();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lost.Cancel();
        Lost.Dispose();
        Reader.Dispose();
    }
}
