namespace Analytics.Core.Events;

/// <summary>The topics of the log.</summary>
public static class Topics
{
    /// <summary>What visitors do.</summary>
    public const string Clickstream = "clickstream-events";

    /// <summary>Orders placed, cancelled and refunded.</summary>
    public const string Orders = "order-events";

    /// <summary>Stock levels.</summary>
    public const string Inventory = "inventory-events";

    /// <summary>Records that were rejected, with the reason in their headers.</summary>
    public const string DeadLetters = "events.dlq";

    /// <summary>The topics that are counted.</summary>
    public static readonly IReadOnlyList<string> Counted = [Clickstream, Orders, Inventory];

    /// <summary>The topic of an event.</summary>
    public static string Of(ProducedEvent produced) => produced switch
    {
        ClickstreamEvent => Clickstream,
        OrderEvent => Orders,
        StockEvent => Inventory,
        _ => throw new ArgumentException($"{produced.GetType().Name} belongs to no topic", nameof(produced)),
    };

    /// <summary>The registry's subject of a topic's records.</summary>
    public static string SubjectOf(string topic) => topic + "-value";
}
