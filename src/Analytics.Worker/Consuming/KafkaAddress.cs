namespace Analytics.Worker.Consuming;

/// <summary>Where Kafka is and in which group we read it. Section <c>Kafka</c>.</summary>
internal sealed class KafkaAddress
{
    /// <summary>Brokers to ask first, <c>host:port</c> separated by commas. Default: a broker on this machine.</summary>
    public string BootstrapServers { get; init; } = "127.0.0.1:9092";

    /// <summary>The consumer group that shares the partitions. Default <c>analytics-worker</c>. Another name starts at what the ledger proves.</summary>
    public string Group { get; init; } = "analytics-worker";

    /// <summary>
    /// Any other setting of librdkafka, for example <c>Kafka__Client__security.protocol=SASL_SSL</c>, for the consumer and for the producer of dead letters. Default none.
    /// What the protocol of chunks rests on (commits, offset reset, acknowledgements) is set after these and cannot be changed.
    /// </summary>
    public Dictionary<string, string> Client { get; init; } = [];
}
