using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;

namespace Analytics.Worker;

/// <summary>The worker's whole data path; read down, that is the order in which an event meets it.</summary>
internal static class Pipeline
{
    /// <summary>Builds the path. What goes in at the head is in the stores when the sink completes.</summary>
    public static Sink<RawBatch> Build(Stages stages, PipelineOptions options, TaskScheduler? scheduler = null) => Flow
        .Start<RawBatch>(new Step("preparing", options.Preparing, options.Strands), batch => batch.Chunk.Strand, scheduler) // records of one chunk
        .Then(stages.Decoder)                                                                                           // RawBatch      → DecodedBatch
        .Then(stages.Enricher)                                                                                          // DecodedBatch  → EnrichedBatch
        .SplitBy(stages.Lanes, stages.PartitionerOf)                                                                    // EnrichedBatch → LaneSlices
        .ThenPerLane(new Step("windowing", options.Windowing), stages.LaneOf)                                           // LaneSlice     → LaneOutput
        .Into(new Step("writing", options.Writing), stages.Writers);                                                    // every writer gets every output
}

/// <summary>The steps of the path, each made by the folder that owns it.</summary>
/// <param name="Decoder">Bytes to columns, by the schema that each record names.</param>
/// <param name="Enricher">Rules, event time, country, device, source.</param>
/// <param name="PartitionerOf">Makes the partitioner of a strand: duplicates, then equal keys into equal lanes.</param>
/// <param name="Lanes">Lanes, the raw lane included, which is the last.</param>
/// <param name="LaneOf">Makes the owner of a lane.</param>
/// <param name="Writers">History and live figures.</param>
internal sealed record Stages(
    IStage<RawBatch, DecodedBatch> Decoder,
    IStage<DecodedBatch, EnrichedBatch> Enricher,
    Func<int, ISplitter<EnrichedBatch, LaneSlice>> PartitionerOf,
    int Lanes,
    Func<int, ILane<LaneSlice, LaneOutput>> LaneOf,
    IWriter<LaneOutput>[] Writers);
