using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>How many users come how far through a funnel.</summary>
internal sealed record FunnelReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Order,
    double WindowSeconds,
    double? ConversionRate,
    IReadOnlyList<FunnelStepReply> Steps,
    IReadOnlyList<FunnelGroupReply> Groups,
    string? Events,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>One step: who came to it, who stands at it and cannot go on any more, and who stands at it and may. Rates are null where nobody came before; times are null for the first step and where nobody came.</summary>
internal sealed record FunnelStepReply(
    int Step,
    string Name,
    long Users,
    long Dropped,
    long Open,
    double? RateFromPrevious,
    double? RateFromFirst,
    double? MedianSeconds,
    double? MeanSeconds,
    double? MedianSecondsFromFirst,
    double? MeanSecondsFromFirst);

/// <summary>One group; the label is null for the others together.</summary>
internal sealed record FunnelGroupReply(string? Label, bool IsOther, double? ConversionRate, IReadOnlyList<FunnelStepReply> Steps, string? Events);
