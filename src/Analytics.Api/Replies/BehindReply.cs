using System.Text.Json.Serialization;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse.Behind;

namespace Analytics.Api.Replies;

/// <summary>Who is behind a figure: users, paths or visits, as many as the figure says.</summary>
internal sealed record BehindReply(
    long Tenant,
    string Name,
    string Of,
    string Figure,
    DateTimeOffset Start,
    DateTimeOffset End,
    IReadOnlyList<BehindItemReply> Items,
    string? Next,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>
/// One that is counted: who, in which group, the events that made it count, and where all of that user's events, or the visit's, are listed. Nobody and no address where the
/// events of a visit are gone.
/// </summary>
internal sealed record BehindItemReply(
    string? UserId,
    string? Label,
    IReadOnlyList<BehindEventReply> MadeBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BehindVisitReply? Visit,
    string? Events);

/// <summary>One event; the step where there are steps: 1 for what began, and on.</summary>
internal sealed record BehindEventReply(DateTimeOffset Time, string EventId, string Name, int? Step)
{
    /// <summary>The event as it was found.</summary>
    public static BehindEventReply Of(BehindEvent one) => new(one.Time, one.EventId, one.Name, one.Step);
}

/// <summary>A visit: from its first event to its last, and how many there are.</summary>
internal sealed record BehindVisitReply(DateTimeOffset Start, DateTimeOffset End, long EventCount);
