using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker.Decoding;

/// <summary>Settings of the step that turns the bytes of records into columns.</summary>
internal sealed class DecodingOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Decoding";

    /// <summary>Largest record, in bytes with its header. Default 1,048,576, the largest message of a Kafka broker as it is shipped. Beyond: rejected as oversized.</summary>
    [Range(64, 1 << 30)]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    /// <summary>Used batches kept for each topic. Default 32, more than the graph holds at once. Beyond: left to the garbage collector.</summary>
    [Range(1, 4096)]
    public int PooledBatches { get; set; } = 32;

    /// <summary>
    /// Longest pause, in milliseconds, before an absent registry is asked again; the first pause is a twentieth of it, and each is drawn at random below its limit.
    /// Default 5,000: a registry that comes back is noticed within seconds, and is not met by all workers at once.
    /// </summary>
    [Range(20, 600_000)]
    public int RegistryRetryMilliseconds { get; set; } = 5_000;
}
