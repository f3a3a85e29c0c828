using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker;

/// <summary>How much may be on its way. Section <c>Pipeline</c>. A batch is at most 4,096 records and 4 MiB; the sum of all bounds the worker's memory.</summary>
internal sealed class PipelineOptions
{
    /// <summary>
    /// Strands: batches that are decoded, enriched and cut into slices at once, each partition's in one strand. Default: one a core. More only wait for each
    /// other; fewer leave cores to the lanes alone. Partitions beyond the strands share them.
    /// </summary>
    [Range(1, 64)]
    public int Strands { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>Batches that wait in each strand, the one in work included. Default 4: a hiccup of one strand does not stop the polls. More: more memory, and a longer stop.</summary>
    [Range(1, 1_024)]
    public int Preparing { get; init; } = 4;

    /// <summary>Slices that wait for each lane of each strand. Default 4: an uneven batch does not stop the other lanes. More: more memory.</summary>
    [Range(1, 1_024)]
    public int Windowing { get; init; } = 4;

    /// <summary>Outputs that wait for each writer. Default 16: one flush of every lane and partition of a topic. More: more rows in memory while a store is slow.</summary>
    [Range(1, 1_024)]
    public int Writing { get; init; } = 16;
}
