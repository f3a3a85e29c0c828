namespace Analytics.Storage.Kafka;

/// <summary>The brokers did not acknowledge a record in time. It may or may not be in the log: send it again with the same event id.</summary>
public sealed class BrokerUnavailableException : Exception
{
    /// <summary>With the error that told it.</summary>
    public BrokerUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
