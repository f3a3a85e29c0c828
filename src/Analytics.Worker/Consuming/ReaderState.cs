namespace Analytics.Worker.Consuming;

/// <summary>What a worker does with one partition.</summary>
internal enum ReaderState
{
    /// <summary>It belongs to another worker, or to none.</summary>
    Unowned = 0,

    /// <summary>It is ours, and we are finding out where to start.</summary>
    Resuming,

    /// <summary>Re-reading the offsets before the start into the duplicate filter.</summary>
    Warming,

    /// <summary>Counting.</summary>
    Running,

    /// <summary>Standing still until the graph, or the seal of a chunk, is done.</summary>
    Paused,

    /// <summary>Records are missing: stopped until a human has decided.</summary>
    Halted,
}
