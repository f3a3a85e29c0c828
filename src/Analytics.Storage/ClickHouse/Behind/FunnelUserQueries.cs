using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Behind;

/// <summary>Lists the users behind a figure of a funnel, each with the events of the attempt that counted.</summary>
/// <remarks>
/// The funnel is followed again, user by user in order of their ids, from the cursor on, until the part is full: by the same statement and the same scan that made the
/// figure. Any thread. Throws as <see cref="QuestionStore"/>.
/// </remarks>
public sealed class FunnelUserQueries(QuestionStore store, FunnelQueries funnels)
{
    /// <summary>The part after a place.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="question">The funnel.</param>
    /// <param name="now">Windows that end later are open.</param>
    /// <param name="point">The figure.</param>
    /// <param name="after">Null for the first part.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BehindPage> PageAsync(
        long tenant, FunnelQuestion question, DateTimeOffset now, FunnelPoint point, BehindCursor? after, int limit, CancellationToken cancel)
    {
        HashSet<string> told = point.Group.IsOther
            ? [.. (await funnels.OfAsync(tenant, question, now, cancel).ConfigureAwait(false)).Groups.Select(group => group.Label).OfType<string>()]
            : [];
        var scan = new FunnelScan(question, now.ToUnixTimeMilliseconds());
        var events = new List<FunnelEvent>();
        var found = new List<Attempt>(limit + 1);
        await foreach (var attempt in store.StreamAsync(tenant, FunnelStatement.OfAll(question, after?.User ?? ""), row => Follow(row), cancel).ConfigureAwait(false))
        {
            if (attempt is null || after?.IsBefore(attempt.User, attempt.Label ?? "", 0) == false)
            {
                continue;
            }

            found.Add(attempt);
            if (found.Count > limit)
            {
                break;
            }
        }

        var made = await EventLookup.AtAsync(
            store, tenant, question.Scope, [.. found.Take(limit).SelectMany(one => one.Events.Select(made => (one.User, made.Event.Time)))], cancel).ConfigureAwait(false);
        return BehindPage.Of(
            found,
            limit,
            one => new(one.User, one.Label, EventLookup.Told(made, one.User, one.Events.Select(step => (step.Event.Time, step.Event.Order, (int?)step.Step)))),
            one => new(one.User, one.Label ?? "", 0));

        Attempt? Follow(JsonElement row)
        {
            FunnelQueries.Read(row, events);
            var result = scan.Of(events);
            return IsOf(point, result, question.Steps.Count) && IsIn(point.Group, result.Label, told)
                ? new(row[4].GetString()!, result.Label, FunnelTrace.Of(question, events, result))
                : null;
        }
    }

    private static bool IsOf(FunnelPoint point, in FunnelResult result, int steps) => point.Figure switch
    {
        FunnelFigure.Users => result.Steps >= point.Step,
        FunnelFigure.Dropped => result.Steps == point.Step && result.Steps < steps && !result.IsOpen,
        FunnelFigure.Open => result.Steps == point.Step && result.IsOpen,
        _ => throw new ArgumentOutOfRangeException(nameof(point), point.Figure, "Not a figure of a step."),
    };

    private static bool IsIn(PointGroup group, string? label, HashSet<string> told) =>
        group.IsAll || (group.IsOther ? label is not null && !told.Contains(label) : label == group.Label);

    private sealed record Attempt(string User, string? Label, IReadOnlyList<(FunnelEvent Event, int Step)> Events);
}
