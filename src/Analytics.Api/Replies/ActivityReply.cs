using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>How active users come and go.</summary>
internal sealed record LifecycleReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Period,
    IReadOnlyList<LifecyclePointReply> Points,
    IReadOnlyList<LifecycleGroupReply> Groups,
    string? Events,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>One group of a breakdown; the label is null for the others together.</summary>
internal sealed record LifecycleGroupReply(string? Label, bool IsOther, IReadOnlyList<LifecyclePointReply> Points, string? Events);

/// <summary>Users of one period: active for the first time, again after the period before, again after a pause, and active in the period before only.</summary>
internal sealed record LifecyclePointReply(DateTimeOffset Start, long New, long Returning, long Resurrected, long Dormant, bool IsFinished);

/// <summary>On how many periods users were active.</summary>
internal sealed record StickinessReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Period,
    int Periods,
    long Users,
    double? MeanPeriods,
    IReadOnlyList<StickinessBarReply> Bars,
    IReadOnlyList<StickinessGroupReply> Groups,
    string? Events,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>One group of a breakdown; the label is null for the others together. Shares are of its own users.</summary>
internal sealed record StickinessGroupReply(string? Label, bool IsOther, long Users, double? MeanPeriods, IReadOnlyList<StickinessBarReply> Bars, string? Events);

/// <summary>Users who were active in so many periods, and their share of all active ones.</summary>
internal sealed record StickinessBarReply(int Periods, long Users, double Share);
