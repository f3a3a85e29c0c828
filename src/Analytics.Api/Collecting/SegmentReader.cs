using System.Text.Json;
using Analytics.Core.Events;

namespace Analytics.Api.Collecting;

/// <summary>Makes an event of a message of Segment's shape (spec: track, page, identify), or says why it cannot.</summary>
/// <remarks>
/// The names of Segment's ecommerce spec become ours, so that a shop's pages show what they should without a change in the shop; a completed order becomes an order.
/// Everything else keeps its name. <c>messageId</c> is the identity: what a client sends again is counted once.
/// </remarks>
internal static class SegmentReader
{
    private const string Track = "track";
    private const string Page = "page";
    private const string Identify = "identify";

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Product Viewed"] = "product_view",
        ["Product Added"] = "add_to_cart",
        ["Checkout Started"] = "checkout_start",
    };

    /// <summary>Reads a message of a batch, which names its type itself.</summary>
    public static (Guid Id, ProducedEvent? Event, Refusal? Refusal) Read(JsonElement item, EventOrigin origin) => Read(item, origin, null);

    /// <summary>Reads messages of one type, that of the address to which they were sent.</summary>
    public static EventReading Of(string type) => (item, origin) => Read(item, origin, type);

    private static (Guid Id, ProducedEvent? Event, Refusal? Refusal) Read(JsonElement item, EventOrigin origin, string? type)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return (Guid.Empty, null, Refusal.Of(Verdict.Corrupt, "Expected an object; found something else."));
        }

        var fields = new EventFields(item);
        var id = EventReader.IdOf(fields, "messageId", origin.ReceivedAt);
        var read = (type ?? fields.Text("type", EventLimits.NameBytes)) switch
        {
            Track => Tracked(fields, id, origin),
            Page => Click(fields, id, origin, "page_view", "properties"),
            Identify => Click(fields, id, origin, "identify", "traits"),
            var other => Unknown(fields, other),
        };
        if (read is not null)
        {
            EventReader.Check(fields, read, origin);
        }

        return fields.Refusal is null ? (id, read, null) : (id, null, fields.Refusal);
    }

    private static ProducedEvent Tracked(EventFields fields, Guid id, EventOrigin origin)
    {
        var name = fields.Needed("event", EventLimits.NameBytes, Verdict.MissingName);
        return SegmentOrder.StatusOf(name) is { } status
            ? SegmentOrder.Read(fields, Click(fields, id, origin, name, "properties"), status)
            : Click(fields, id, origin, Names.GetValueOrDefault(name, name), "properties");
    }

    private static ClickstreamEvent Click(EventFields fields, Guid id, EventOrigin origin, string name, string free)
    {
        var (context, inner) = (fields.Part("context"), fields.Part(free));
        var (page, campaign) = (context.Part("page"), context.Part("campaign"));
        var read = new ClickstreamEvent
        {
            EventId = id,
            TenantId = fields.Whole("tenant_id") ?? origin.Tenant ?? 0,
            Name = name,
            UserId = UserOf(fields),
            SessionId = inner.Text("session_id", EventLimits.TextBytes),
            CreatedAt = fields.Time("timestamp") ?? fields.Time("originalTimestamp") ?? fields.Time("sentAt") ?? origin.SentAt ?? origin.ReceivedAt,
            SentAt = fields.Time("sentAt") ?? origin.SentAt,
            ReceivedAt = origin.ReceivedAt,
            Url = inner.Text("url", EventLimits.LongTextBytes) ?? page.Text("url", EventLimits.LongTextBytes),
            Referrer = inner.Text("referrer", EventLimits.LongTextBytes) ?? page.Text("referrer", EventLimits.LongTextBytes),
            Ip = context.Text("ip", EventLimits.IpBytes) ?? origin.Ip,
            UserAgent = context.Text("userAgent", EventLimits.LongTextBytes) ?? origin.UserAgent,
            Campaign = campaign.Text("name", EventLimits.TextBytes),
            ProductId = inner.Text("product_id", EventLimits.NameBytes),
            Properties = PropertiesOf(fields, free, campaign),
        };
        foreach (var (part, where) in ((EventFields, string)[])[(page, "context.page: "), (campaign, "context.campaign: "), (context, "context: "), (inner, free + ": ")])
        {
            if (part.Refusal is { } refusal)
            {
                fields.Refuse(refusal, where);
            }
        }

        return read;
    }

    private static string UserOf(EventFields fields)
    {
        var user = fields.Text("userId", EventLimits.TextBytes) is { Length: > 0 } known ? known : fields.Text("anonymousId", EventLimits.TextBytes);
        if (string.IsNullOrEmpty(user))
        {
            fields.Refuse(Verdict.MissingUser, "Expected 'userId' or 'anonymousId'; found neither.");
        }

        return user ?? "";
    }

    // Where a visit came from is looked for under the names that addresses use.
    private static Dictionary<string, string> PropertiesOf(EventFields fields, string free, EventFields campaign)
    {
        var properties = new Dictionary<string, string>(fields.Properties(free), StringComparer.Ordinal);
        Add("utm_source", campaign.Text("source", EventLimits.TextBytes));
        Add("utm_medium", campaign.Text("medium", EventLimits.TextBytes));
        Add("anonymous_id", fields.Text("userId", EventLimits.TextBytes) is { Length: > 0 } ? fields.Text("anonymousId", EventLimits.TextBytes) : null);
        return properties;

        void Add(string name, string? value)
        {
            if (value is { Length: > 0 } && properties.Count < EventLimits.Properties)
            {
                properties.TryAdd(name, value);
            }
        }
    }

    private static ProducedEvent? Unknown(EventFields fields, string? type)
    {
        fields.Refuse(Verdict.Corrupt, $"Expected the type track, page or identify; found {(type is null ? "none" : $"'{type}'")}.");
        return null;
    }
}
