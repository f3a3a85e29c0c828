using Analytics.Core.Questions.Behind;

namespace Analytics.Storage.ClickHouse.Behind;

/// <summary>A part of what is behind a figure.</summary>
/// <param name="Items">In order.</param>
/// <param name="Next">After which the next part begins; null at the end.</param>
public sealed record BehindPage(IReadOnlyList<BehindItem> Items, BehindCursor? Next)
{
    /// <summary>The first <paramref name="limit"/> of items of which there may be one more.</summary>
    internal static BehindPage Of<T>(IReadOnlyList<T> found, int limit, Func<T, BehindItem> item, Func<T, BehindCursor> place) =>
        new([.. found.Take(limit).Select(item)], found.Count > limit ? place(found[limit - 1]) : null);
}

/// <summary>One that is counted: a user, a user's path, a visit.</summary>
/// <param name="User">Who; null where the events that would tell are gone.</param>
/// <param name="Label">The group; null where there are none.</param>
/// <param name="Events">The events that made it count, in order; the first of them where there are many.</param>
/// <param name="Visit">What more there is to say of a visit; null for anything else.</param>
public sealed record BehindItem(string? User, string? Label, IReadOnlyList<BehindEvent> Events, BehindVisit? Visit = null);

/// <summary>One event.</summary>
/// <param name="Time">When.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Step">The step that it was, from 1; null where there are none.</param>
public sealed record BehindEvent(DateTimeOffset Time, string EventId, string Name, int? Step);

/// <summary>A visit.</summary>
/// <param name="Start">Time of its first event.</param>
/// <param name="End">Time of its last.</param>
/// <param name="Events">How many there are.</param>
/// <param name="ClientSession">What the client called it; empty where it gave no name.</param>
public sealed record BehindVisit(DateTimeOffset Start, DateTimeOffset End, long Events, string ClientSession);
