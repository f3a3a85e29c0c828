using System.ComponentModel.DataAnnotations;
using Analytics.Core.Chunks;

namespace Analytics.Worker.Consuming;

/// <summary>How the worker reads Kafka. Section <c>Consuming</c>; the addresses are in section <c>Kafka</c>.</summary>
internal sealed class ConsumingOptions
{
    /// <summary>Topics to read, separated by commas. Default: the three of the product. A record is decoded by its topic's schema, so others are refused.</summary>
    public string Topics { get; init; } = "clickstream-events,order-events,inventory-events";

    /// <summary><see cref="Topics"/>, one by one.</summary>
    public IReadOnlyList<string> TopicNames => Topics.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// Records per chunk. Default 1,048,576: a replay takes about a second, and a chunk spans a minute or more at full rate. Recorded per topic at its
    /// first start; another value later is refused, because every chunk's name would change.
    /// </summary>
    [Range(1_024, 1L << 32)]
    public long ChunkSize { get; init; } = ChunkBorder.DefaultSize;

    /// <summary>
    /// Bytes of records after which a chunk ends. Default 256 MiB: a million ordinary records have less, and a flood of long texts takes no more memory than
    /// that. Recorded as <see cref="ChunkSize"/> is; a topic that was cut before there was this limit has none.
    /// </summary>
    [Range(1 << 20, 1L << 40)]
    public long ChunkBytes { get; init; } = ChunkBorder.DefaultBytes;

    /// <summary>Both limits of a chunk.</summary>
    public ChunkLimits ChunkLimits => new(ChunkSize, ChunkBytes);

    /// <summary>Most records in a batch. Default 4,096: the graph's cost is then below 1 ns a record. A fuller fetch makes several batches.</summary>
    [Range(1, 65_536)]
    public int BatchRecords { get; init; } = 4_096;

    /// <summary>Most bytes in a batch, unless one record is larger. Default 4 MiB: with the capacities of the graph it bounds the memory in flight.</summary>
    [Range(1_024, 1 << 28)]
    public int BatchBytes { get; init; } = 4 << 20;

    /// <summary>Longest that a record waits for its batch to fill. Default 20 ms, a tenth of the freshness that a viewer notices.</summary>
    public TimeSpan BatchWait { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Time between flushes to Redis while records come. Default 0.5 s. Shorter is fresher and costs Redis more.</summary>
    public TimeSpan LiveEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time between flushes to ClickHouse while records come. Default 3 s: ClickHouse wants few inserts, of many rows.</summary>
    public TimeSpan HistoryEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Records of a partition after which ClickHouse is flushed early. Default 524,288: it bounds what the writers hold when a backlog is read.</summary>
    [Range(1_024, 1 << 30)]
    public int HistoryRecords { get; init; } = 524_288;

    /// <summary>Chunks of a partition that may wait for their seal to be acknowledged. Default 2: one sealing, one open. Beyond it the partition pauses.</summary>
    [Range(1, 16)]
    public int UnsealedChunks { get; init; } = 2;

    /// <summary>
    /// Offsets before the start that are re-read into the duplicate filter at a take-over. Default 262,144, the filter's horizon: fewer, and a take-over would
    /// count a resend that an owner who never stopped would not.
    /// </summary>
    [Range(0, 1 << 24)]
    public int WarmUpRecords { get; init; } = 262_144;

    /// <summary>
    /// Widest gap between offsets that is taken for a hole in the log, once a second read has confirmed it. Default 1,024: the control records and small aborted
    /// transactions of a topic without compaction. A wider one halts the partition: records may be missing.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long LargestHole { get; init; } = 1_024;

    /// <summary>
    /// How long the graph must refuse a batch before the partitions are paused. Default 250 ms: a pause throws away what was prefetched, so a hiccup must not cause one.
    /// </summary>
    public TimeSpan PauseAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Memory for prefetched records, MiB. Default 32. Fuller: the client stops fetching for a moment.</summary>
    [Range(1, 2_048)]
    public int PrefetchMegabytes { get; init; } = 32;

    /// <summary>Longest that a broker holds a fetch back when it has nothing. Default 20 ms, as <see cref="BatchWait"/>. Shorter: more empty requests.</summary>
    public TimeSpan FetchWait { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>After which silence the group gives this worker's partitions to others. Default 10 s.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest that a stop waits for the graph to drain. Default 7 s, inside the 10 s that a supervisor grants. Beyond it the rest is replayed at the next start.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>
    /// Time between looks whether a topic was recreated, beside those before each write. Default 2 s. Longer: a new log that ends where the old one was read to stays unread for
    /// longer; nothing is counted wrongly.
    /// </summary>
    public TimeSpan TopicCheck { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Names the log where the cluster has no topic ids (Kafka below 2.8). Default none. Change it when a topic is recreated, or its new offsets overwrite the
    /// old rows.
    /// </summary>
    public string? LogEpoch { get; init; }
}
