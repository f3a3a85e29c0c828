namespace Analytics.Storage.Kafka;

/// <summary>How records are sent. Section <c>Kafka</c> of the settings.</summary>
public sealed class EventProducerOptions
{
    /// <summary>Brokers to start from, <c>host:port</c> separated by commas.</summary>
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>Milliseconds that a record waits for company. Default 5: batches form under load, and nobody feels it without.</summary>
    public int LingerMilliseconds { get; set; } = 5;

    /// <summary>
    /// Time in which the brokers must acknowledge a record, retries included. Default 5 s, what a client of the collector may be kept waiting; beyond it the
    /// record failed, though it may still have been written: its resend is recognised by its event id.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Records on their way. Default 50,000, at most about 50 MB of usual events; beyond it senders wait, at most <see cref="DeliveryTimeout"/>.</summary>
    public int MaxInFlight { get; set; } = 50_000;
}
