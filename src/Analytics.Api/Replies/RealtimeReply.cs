using System.Text.Json.Serialization;

namespace Analytics.Api.Replies;

/// <summary>The figures of today, and of each of the last sixty minutes.</summary>
internal sealed record RealtimeReply(
    long Tenant,
    string Name,
    DateOnly Date,
    string TimeZone,
    string Currency,
    decimal? Revenue,
    long? RevenueMinor,
    long? RefundsMinor,
    long Orders,
    long Units,
    decimal? Aov,
    long Visitors,
    long PageViews,
    long AddToCart,
    long CheckoutStarts,
    double? ConversionRate,
    long ActiveUsers,
    IReadOnlyList<MinuteReply> Series,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source);

/// <summary>One minute. Visitors of a minute would need a union and are not told.</summary>
internal sealed record MinuteReply(DateTimeOffset Start, decimal? Revenue, long? RevenueMinor, long Orders, long Units, long PageViews, long Events);
