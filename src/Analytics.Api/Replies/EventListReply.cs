using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>The events behind a figure, newest first. Amounts are in major units of their own currency.</summary>
internal sealed record EventListReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    IReadOnlyList<IReadOnlyDictionary<string, object?>> Events,
    string? Next,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;
