using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Analytics.Core.Events;

namespace Analytics.Api.Collecting;

/// <summary>What is known of a request that its events may leave out.</summary>
/// <param name="ReceivedAt">The collector's clock.</param>
/// <param name="SentAt">When the batch was sent, by the client's clock; for events without one of their own.</param>
/// <param name="Tenant">The tenant of a key that sends for one only.</param>
/// <param name="Ip">The address of a browser; null for a server, which speaks for others.</param>
/// <param name="UserAgent">The agent of a browser.</param>
internal sealed record EventOrigin(DateTimeOffset ReceivedAt, DateTimeOffset? SentAt = null, long? Tenant = null, string? Ip = null, string? UserAgent = null);

/// <summary>Makes an event of its JSON, or says why it cannot.</summary>
internal delegate (Guid Id, ProducedEvent? Event, Refusal? Refusal) EventReading(JsonElement item, EventOrigin origin);

/// <summary>Makes an event of its JSON, or says why it cannot. The rules and their names are the worker's, so that what is accepted here is counted there.</summary>
/// <remarks>The exception is <c>too_old</c>, which depends on the record's time in Kafka: only the worker knows it.</remarks>
internal static class EventReader
{
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromHours(24);

    /// <summary>Reads one event.</summary>
    public static (Guid Id, ProducedEvent? Event, Refusal? Refusal) Read(JsonElement item, EventOrigin origin)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return (Guid.Empty, null, Refusal.Of(Verdict.Corrupt, "Expected an object; found something else."));
        }

        var fields = new EventFields(item);
        var id = IdOf(fields, "event_id", origin.ReceivedAt);
        var read = fields.Text("type", EventLimits.NameBytes) switch
        {
            null or "track" => Click(fields, id, origin),
            "order" => Order(fields, id, origin),
            "stock" => Stock(fields, id, origin),
            var other => Unknown(fields, other),
        };
        if (read is not null)
        {
            Check(fields, read, origin);
        }

        return fields.Refusal is null ? (id, read, null) : (id, null, fields.Refusal);
    }

    // By the clock that the other one is of: an event without a time of its own happened when it was sent.
    private static DateTimeOffset SentOrReceived(EventFields fields, EventOrigin origin) => fields.Time("sent_at") ?? origin.SentAt ?? origin.ReceivedAt;

    private static ClickstreamEvent Click(EventFields fields, Guid id, EventOrigin origin) => new()
    {
        EventId = id,
        TenantId = fields.Whole("tenant_id") ?? origin.Tenant ?? 0,
        Name = fields.Needed("name", EventLimits.NameBytes, Verdict.MissingName),
        UserId = fields.Needed("user_id", EventLimits.TextBytes, Verdict.MissingUser),
        SessionId = fields.Text("session_id", EventLimits.TextBytes),
        CreatedAt = fields.Time("created_at") ?? SentOrReceived(fields, origin),
        SentAt = fields.Time("sent_at") ?? origin.SentAt,
        ReceivedAt = origin.ReceivedAt,
        Url = fields.Text("url", EventLimits.LongTextBytes),
        Referrer = fields.Text("referrer", EventLimits.LongTextBytes),
        Ip = fields.Text("ip", EventLimits.IpBytes) ?? origin.Ip,
        UserAgent = fields.Text("user_agent", EventLimits.LongTextBytes) ?? origin.UserAgent,
        Country = fields.Text("country", EventLimits.TextBytes),
        Device = fields.Text("device", EventLimits.TextBytes),
        Campaign = fields.Text("campaign", EventLimits.TextBytes),
        ProductId = fields.Text("product_id", EventLimits.NameBytes),
        Properties = fields.Properties("properties"),
    };

    private static OrderEvent Order(EventFields fields, Guid id, EventOrigin origin) => new()
    {
        EventId = id,
        TenantId = fields.Whole("tenant_id") ?? origin.Tenant ?? 0,
        OrderId = fields.Needed("order_id", EventLimits.NameBytes, Verdict.MissingName),
        UserId = fields.Needed("user_id", EventLimits.TextBytes, Verdict.MissingUser),
        SessionId = fields.Text("session_id", EventLimits.TextBytes),
        Status = StatusOf(fields),
        Currency = CurrencyOf(fields) ?? "",
        CreatedAt = fields.Time("created_at") ?? SentOrReceived(fields, origin),
        SentAt = fields.Time("sent_at") ?? origin.SentAt,
        ReceivedAt = origin.ReceivedAt,
        Referrer = fields.Text("referrer", EventLimits.LongTextBytes),
        Ip = fields.Text("ip", EventLimits.IpBytes) ?? origin.Ip,
        UserAgent = fields.Text("user_agent", EventLimits.LongTextBytes) ?? origin.UserAgent,
        Country = fields.Text("country", EventLimits.TextBytes),
        Device = fields.Text("device", EventLimits.TextBytes),
        Campaign = fields.Text("campaign", EventLimits.TextBytes),
        Lines = OrderLines.Read(fields),
        Properties = fields.Properties("properties"),
    };

    private static StockEvent Stock(EventFields fields, Guid id, EventOrigin origin)
    {
        var price = fields.Whole("price");
        var stock = fields.Whole("stock");
        if (stock is null or < 0)
        {
            fields.Refuse(Verdict.InvalidQuantity, $"Expected a 'stock' of 0 or more; found {stock?.ToString(CultureInfo.InvariantCulture) ?? "none"}.");
        }

        if (price is < 0 or > EventLimits.Amount)
        {
            fields.Refuse(Verdict.InvalidAmount, $"Expected a 'price' of 0 to {EventLimits.Amount} minor units; found {price}.");
        }

        return new()
        {
            EventId = id,
            TenantId = fields.Whole("tenant_id") ?? origin.Tenant ?? 0,
            ProductId = fields.Needed("product_id", EventLimits.NameBytes, Verdict.MissingName),
            Stock = stock ?? 0,
            CreatedAt = fields.Time("created_at") ?? SentOrReceived(fields, origin),
            SentAt = fields.Time("sent_at") ?? origin.SentAt,
            ReceivedAt = origin.ReceivedAt,
            Title = fields.Text("title", EventLimits.LongTextBytes),
            Images = Small(fields, "images"),
            DescriptionLength = Small(fields, "description_length"),
            Rating = fields.Number("rating"),
            Price = price,
            Currency = price is null ? null : CurrencyOf(fields),
            Properties = fields.Properties("properties"),
        };
    }

    private static ProducedEvent? Unknown(EventFields fields, string type)
    {
        fields.Refuse(Verdict.Corrupt, $"Expected the type 'track', 'order' or 'stock'; found '{type}'.");
        return null;
    }

    /// <summary>The identity of an event: the 128 bits that a text names, or new ones where there is none.</summary>
    internal static Guid IdOf(EventFields fields, string name, DateTimeOffset receivedAt)
    {
        var text = fields.Text(name, EventLimits.LongTextBytes);
        if (text is null)
        {
            return Guid.CreateVersion7(receivedAt);
        }

        if (Guid.TryParse(text, out var id))
        {
            if (id == Guid.Empty)
            {
                fields.Refuse(Verdict.MissingEventId, $"Expected a '{name}' of its own; found one of zeros only.");
            }

            return id;
        }

        if (text.Length == 0)
        {
            fields.Refuse(Verdict.MissingEventId, $"Expected a '{name}', or none at all; found an empty one.");
        }

        // Any other text names the event just as well: the same text gives the same 128 bits.
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Notes what is wrong with an event of any shape.</summary>
    internal static void Check(EventFields fields, ProducedEvent read, EventOrigin origin)
    {
        if (read.TenantId <= 0)
        {
            fields.Refuse(Verdict.MissingTenant, "Expected a tenant_id of 1 or more, which only a key of one tenant may leave out; found none.");
        }

        var happened = read.SentAt is { } sent ? origin.ReceivedAt - (sent - read.CreatedAt) : read.CreatedAt;
        if (happened - origin.ReceivedAt > FarthestAhead)
        {
            fields.Refuse(Verdict.FutureTimestamp, $"Expected a time at most 24 hours ahead of {origin.ReceivedAt:O}; found {happened:O}. Check the client's clock and zone.");
        }
    }

    private static OrderStatus StatusOf(EventFields fields)
    {
        var text = fields.Text("status", EventLimits.NameBytes);
        switch (text?.ToUpperInvariant())
        {
            case null or "PLACED":
                return OrderStatus.Placed;
            case "CANCELLED":
                return OrderStatus.Cancelled;
            case "REFUNDED":
                return OrderStatus.Refunded;
            default:
                fields.Refuse(Verdict.Corrupt, $"Expected the status 'placed', 'cancelled' or 'refunded'; found '{text}'.");
                return OrderStatus.Placed;
        }
    }

    private static string? CurrencyOf(EventFields fields)
    {
        var text = fields.Text("currency", EventLimits.NameBytes)?.ToUpperInvariant();
        if (text is not { Length: 3 } || !text.All(char.IsAsciiLetterUpper))
        {
            fields.Refuse(Verdict.InvalidCurrency, $"Expected a 'currency' of three letters (ISO 4217); found {(text is null ? "none" : $"'{text}'")}.");
        }

        return text;
    }

    private static int? Small(EventFields fields, string name)
    {
        var number = fields.Whole(name);
        if (number is < 0 or > int.MaxValue)
        {
            fields.Refuse(Verdict.InvalidQuantity, $"Expected '{name}' from 0 to {int.MaxValue}; found {number}.");
            return null;
        }

        return (int?)number;
    }
}
