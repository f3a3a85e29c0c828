using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker;

/// <summary>How much may be on its way. Section <c>Pipeline</c>. A batch is at most 4,096 records and 4 MiB; the sum of all bounds the worker's memory.</summary>
internal sealed class PipelineOptions
{
    /// <summary>Batches between Kafka and decoding. Default 4: a hiccup of decoding does not stop the polls. More: more memory, and a longer stop.</summary>
    [Range(1, 1_024)]
    public int Consuming { get; init; } = 4;

    /// <summary>Batches that wait to be enriched. Default 4, as decoding. More: more memory, nothing faster.</summary>
    [Range(1, 1_024)]
    public int Enriching { get; init; } = 4;

    /// <summary>Batches that are enriched at once. Default 1: with decoding and a lane it fills the reference machine's two cores. Beyond the cores: waiting.</summary>
    [Range(1, 64)]
    public int EnrichingParallelism { get; init; } = 1;

    /// <summary>Batches that wait to be split. Default 2: the step is the cheapest. More: more memory.</summary>
    [Range(1, 1_024)]
    public int Partitioning { get; init; } = 2;

    /// <summary>Slices that wait for each lane. Default 4: an uneven batch does not stop the other lanes. More: more memory.</summary>
    [Range(1, 1_024)]
    public int Windowing { get; init; } = 4;

    /// <summary>Outputs that wait for each writer. Default 16: one flush of every lane and partition of a topic. More: more rows in memory while a store is slow.</summary>
    [Range(1, 1_024)]
    public int Writing { get; init; } = 16;
}
