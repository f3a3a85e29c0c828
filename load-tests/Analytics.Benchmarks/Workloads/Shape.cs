namespace Analytics.Benchmarks.Workloads;

/// <summary>How the events of a workload are spread; the layout of a record is the same.</summary>
internal enum Shape
{
    /// <summary>A worker that keeps up: five minutes of traffic, a few events in each group.</summary>
    Live,

    /// <summary>Old data that is read again: an hour at once, every dimension even, so that nearly every event is a group of its own.</summary>
    Import,
}
