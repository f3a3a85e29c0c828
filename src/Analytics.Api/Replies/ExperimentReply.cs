using System.Text.Json.Serialization;
using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>Whether one variant does better than the control.</summary>
internal sealed record ExperimentReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string Currency,
    string? Control,
    long UsersOfSeveral,
    SampleRatioReply SampleRatio,
    IReadOnlyList<VariantReply> Variants,
    string? Events,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>Whether users were split as they should be; a warning says that no figure here can be trusted.</summary>
internal sealed record SampleRatioReply(double? PValue, string? Warning);

/// <summary>One variant.</summary>
internal sealed record VariantReply(string Name, long Users, bool IsControl, IReadOnlyList<GoalReply> Goals, string? Events);

/// <summary>One goal of a variant; <c>events</c> lists who converted, or who did not (not_converted): the share of users who did it, or the mean over all users; against the control where there is one to compare with.</summary>
internal sealed record GoalReply(string Name, string Unit, long Converted, double? Value, DifferenceReply? AgainstControl, string? Events);

/// <summary>The difference to the control, where it lies with 95 %, and how likely one as large would be without any.</summary>
internal sealed record DifferenceReply(double Difference, double? Change, double Low, double High, double? PValue, string Test);
