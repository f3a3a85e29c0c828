using Analytics.Api.Questions;

namespace Analytics.Api.Replies;

/// <summary>Where users went, or came from.</summary>
internal sealed record PathsReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string Direction,
    string By,
    long Paths,
    IReadOnlyList<PathLinkReply> Links,
    string? Events,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>How often one thing followed another, as a share of all paths. Where the path ended there is no <c>to</c>, as where it is others together.</summary>
internal sealed record PathLinkReply(int Step, string From, string? To, bool IsEnd, bool IsOther, long Count, double Share);
