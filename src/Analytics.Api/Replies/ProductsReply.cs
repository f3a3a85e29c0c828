using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>The best products of a period.</summary>
internal sealed record ProductsReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Currency,
    string Sort,
    long ProductCount,
    decimal Revenue,
    IReadOnlyList<ProductReply> Products,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>One product. Orders are order lines; share is the part of the revenue of all products of the period.</summary>
internal sealed record ProductReply(
    string ProductId, string? Title, decimal Revenue, long RevenueMinor, long Units, long Orders, long Views, double? ConversionRate, double Share);
