using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>Visits: how many, how long, how many bounced.</summary>
internal sealed record SessionsReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string GroupBy,
    SessionFiguresReply Totals,
    IReadOnlyList<SessionFiguresReply> Groups,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>Figures of some visits. Rates and means are null without any. <c>events</c> lists the sessions, bounces or engaged ones.</summary>
internal sealed record SessionFiguresReply(
    string? Label,
    long Sessions,
    long Bounces,
    double? BounceRate,
    long Engaged,
    double? EngagedRate,
    double? MeanSeconds,
    double? PagesPerSession,
    long PageViews,
    long Orders,
    double? ConversionRate,
    string? Events);
