namespace Analytics.Core.Events;

/// <summary>What every event says, whatever its topic. The fields are those of schemas/avro, where each is described.</summary>
public abstract record ProducedEvent
{
    /// <summary>Identity: a second event with the same id is not counted.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The seller or app.</summary>
    public required long TenantId { get; init; }

    /// <summary>When it happened, by the client's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the client sent it, by the same clock.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When the collector received it.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Free properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}

/// <summary>A record of clickstream-events.</summary>
public sealed record ClickstreamEvent : ProducedEvent
{
    /// <summary>What happened, in snake case.</summary>
    public required string Name { get; init; }

    /// <summary>The visitor.</summary>
    public required string UserId { get; init; }

    /// <summary>The client's session.</summary>
    public string? SessionId { get; init; }

    /// <summary>The page.</summary>
    public string? Url { get; init; }

    /// <summary>The page before.</summary>
    public string? Referrer { get; init; }

    /// <summary>The client's address.</summary>
    public string? Ip { get; init; }

    /// <summary>The client's user agent.</summary>
    public string? UserAgent { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>desktop, mobile, tablet, tv or other.</summary>
    public string? Device { get; init; }

    /// <summary>The marketing campaign.</summary>
    public string? Campaign { get; init; }

    /// <summary>The product that the event is about.</summary>
    public string? ProductId { get; init; }
}

/// <summary>What happened to an order, in the order of the schema's symbols.</summary>
public enum OrderStatus
{
    /// <summary>Adds to orders, units and revenue.</summary>
    Placed,

    /// <summary>A figure of its own.</summary>
    Cancelled,

    /// <summary>A figure of its own, on its own day.</summary>
    Refunded,
}

/// <summary>One product of an order; amounts in minor units of the order's currency.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="UnitPrice">Price of one piece.</param>
/// <param name="Discount">Discount on the whole line.</param>
public sealed record OrderLine(string ProductId, int Quantity, long UnitPrice, long Discount = 0);

/// <summary>A record of order-events.</summary>
public sealed record OrderEvent : ProducedEvent
{
    /// <summary>The seller's number of the order.</summary>
    public required string OrderId { get; init; }

    /// <summary>The customer.</summary>
    public required string UserId { get; init; }

    /// <summary>The session in which it was placed.</summary>
    public string? SessionId { get; init; }

    /// <summary>What happened to it.</summary>
    public required OrderStatus Status { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>The page the customer came from.</summary>
    public string? Referrer { get; init; }

    /// <summary>The client's address.</summary>
    public string? Ip { get; init; }

    /// <summary>The client's user agent.</summary>
    public string? UserAgent { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>desktop, mobile, tablet, tv or other.</summary>
    public string? Device { get; init; }

    /// <summary>The marketing campaign.</summary>
    public string? Campaign { get; init; }

    /// <summary>What was ordered.</summary>
    public required IReadOnlyList<OrderLine> Lines { get; init; }
}

/// <summary>A record of inventory-events.</summary>
public sealed record StockEvent : ProducedEvent
{
    /// <summary>The product.</summary>
    public required string ProductId { get; init; }

    /// <summary>Pieces in stock.</summary>
    public required long Stock { get; init; }

    /// <summary>Title of the listing.</summary>
    public string? Title { get; init; }

    /// <summary>Number of images.</summary>
    public int? Images { get; init; }

    /// <summary>Characters of the description.</summary>
    public int? DescriptionLength { get; init; }

    /// <summary>Mean rating, 0 to 5.</summary>
    public double? Rating { get; init; }

    /// <summary>Asking price in minor units.</summary>
    public long? Price { get; init; }

    /// <summary>ISO 4217 code of the price.</summary>
    public string? Currency { get; init; }
}
