using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>Cohorts, and how many of each come back.</summary>
internal sealed record RetentionReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Period,
    string Clock,
    string Mode,
    IReadOnlyList<CohortReply> Cohorts,
    IReadOnlyList<double?> MeanRates,
    IReadOnlyList<RetentionGroupReply> Groups,
    string? Events,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>The users of one period, and those of them who came back in it and in each after it.</summary>
internal sealed record CohortReply(DateTimeOffset Start, long Users, IReadOnlyList<CohortCellReply> Periods);

/// <summary>One group of a breakdown, as the whole is told; the label is null for the others together.</summary>
internal sealed record RetentionGroupReply(string? Label, bool IsOther, long Users, IReadOnlyList<CohortReply> Cohorts, IReadOnlyList<double?> MeanRates, string? Events);

/// <summary>One period of a cohort. Unfinished ones still grow; users are null where the period has not begun.</summary>
internal sealed record CohortCellReply(int After, long? Users, double? Rate, bool IsFinished);
