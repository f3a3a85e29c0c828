using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Behind;

/// <summary>Lists the users behind a figure of retention, lifecycle, stickiness or an experiment, each with the events that made it count.</summary>
/// <remarks>
/// Who they are is asked by the statement that made the figure, with its last sum left out; users are in order of their ids, and a part begins behind the last user of
/// the one before. Any thread. Throws as <see cref="QuestionStore"/>.
/// </remarks>
public sealed class UserListQueries(QuestionStore store, RetentionQueries retention, ActivityQueries activity, ExperimentQueries experiments)
{
    // Of events that are looked through for those that made a user count.
    private const int MostSearched = 1_000;

    /// <summary>The users of a cell: the first start of the cohort's period, and the returns of the cell's.</summary>
    public async Task<BehindPage> RetentionAsync(long tenant, RetentionQuestion question, RetentionPoint point, BehindCursor? after, int limit, CancellationToken cancel)
    {
        IReadOnlyCollection<string> told = point.Group.IsOther
            ? ToldOf((await retention.OfAsync(tenant, question, cancel).ConfigureAwait(false)).Where(row => row.After < 0).Select(row => row.Label))
            : [];
        var found = await retention.UsersAsync(tenant, question, point, told, after?.User, limit + 1, cancel).ConfigureAwait(false);
        var starts = await EventLookup.AtAsync(store, tenant, question.Scope, [.. found.Take(limit).Select(one => (one.User, one.Started))], cancel, question.Start).ConfigureAwait(false);
        var startOf = starts.Values.GroupBy(one => one.User, StringComparer.Ordinal).ToDictionary(user => user.Key, user => user.MinBy(one => one.Place));
        var returns = point.After is null ? null : await EventsAsync(tenant, question.Scope, ReturnsOf(question, point), question.Filter, [.. found.Take(limit).Select(one => one.User)], question.Return, cancel)
            .ConfigureAwait(false);
        return BehindPage.Of(
            found,
            limit,
            one => new(
                one.User,
                question.Breakdown is null ? null : one.Label,
                [
                    .. startOf.TryGetValue(one.User, out var start) ? [start.Told(1)] : (BehindEvent[])[],
                    .. (returns?[one.User] ?? []).Where(back => IsOf(question, point, one.Started, back.At)).Take(EventLookup.MostTold - 1).Select(back => back.Told(2)),
                ]),
            one => new(one.User, "", 0));
    }

    /// <summary>The users of a kind in a period: what they did in it; dormant ones in the period before.</summary>
    public async Task<BehindPage> LifecycleAsync(long tenant, ActivityQuestion question, LifecyclePoint point, BehindCursor? after, int limit, CancellationToken cancel)
    {
        IReadOnlyCollection<string> told = point.Group.IsOther
            ? ToldOf((await activity.LifecycleAsync(tenant, question, cancel).ConfigureAwait(false)).Select(row => row.Label))
            : [];
        var found = await activity.UsersAsync(tenant, question, point, told, after?.User, limit + 1, cancel).ConfigureAwait(false);
        var number = point.Kind == LifecycleKind.Dormant ? point.Period - 1 : point.Period;
        var zone = question.Scope.Zone;
        var range = new TimeRange(PeriodNumbers.StartOf(number, question.Period, zone), PeriodNumbers.StartOf(number + 1, question.Period, zone));
        return await DidAsync(tenant, question, range, found, limit, cancel).ConfigureAwait(false);
    }

    /// <summary>The users who were active in so many periods: what they did in the range.</summary>
    public async Task<BehindPage> StickinessAsync(long tenant, ActivityQuestion question, StickinessPoint point, BehindCursor? after, int limit, CancellationToken cancel)
    {
        IReadOnlyCollection<string> told = point.Group.IsOther
            ? ToldOf((await activity.StickinessAsync(tenant, question, cancel).ConfigureAwait(false)).Select(row => row.Label))
            : [];
        var found = await activity.UsersAsync(tenant, question, point, told, after?.User, limit + 1, cancel).ConfigureAwait(false);
        return await DidAsync(tenant, question, question.Scope.Range, found, limit, cancel).ConfigureAwait(false);
    }

    /// <summary>The users of a variant: the first exposure, and what they did for the goal in the window after it.</summary>
    public async Task<BehindPage> ExperimentAsync(long tenant, ExperimentQuestion question, ExperimentPoint point, BehindCursor? after, int limit, CancellationToken cancel)
    {
        var found = await experiments.UsersAsync(tenant, question, point, after?.User, limit + 1, cancel).ConfigureAwait(false);
        IReadOnlyList<FunnelStep> kinds = point.Goal is { } number ? [Exposing(question), Counted(question.Goals[number])] : [Exposing(question)];
        var events = await EventLookup.OfAsync(
            store, tenant, question.Scope, ExperimentQueries.RangeOf(question), question.Filter, [.. found.Take(limit).Select(one => one.User)], kinds, MostSearched, cancel).ConfigureAwait(false);
        return BehindPage.Of(found, limit, one => new(one.User, point.Variant, ToldOf(question, [.. events[one.User]])), one => new(one.User, "", 0));
    }

    private static List<BehindEvent> ToldOf(ExperimentQuestion question, List<FoundEvent> events)
    {
        var end = question.Scope.Range.End.ToUnixTimeMilliseconds();
        var first = events.FindIndex(one => (one.Fits & 1) != 0 && one.At < end);
        if (first < 0)
        {
            return [];
        }

        var until = events[first].At + (long)question.Window.TotalMilliseconds;
        var since = events[first].At;
        return
        [
            events[first].Told(1),
            .. events.Where(one => (one.Fits & 2) != 0 && one.At >= since && one.At <= until).Take(EventLookup.MostTold - 1).Select(one => one.Told(2)),
        ];
    }

    // An exposure without a variant is none; numbers and truth values are never without.
    private static FunnelStep Exposing(ExperimentQuestion question) => question.Variant.Type != PropertyType.Text
        ? question.Exposure
        : question.Exposure with { Filter = Filter.And(question.Exposure.Filter, new Condition(question.Variant, Operator.NotEqual, [new("")])) };

    private static FunnelStep Counted(ExperimentGoal goal) => goal.Of?.Type != PropertyType.Money
        ? goal.What
        : goal.What with { Filter = Filter.And(goal.What.Filter, new Condition(Catalogue.Find("currency")!, Operator.Set, [])) };

    private static HashSet<string> ToldOf(IEnumerable<string?> labels) => [.. labels.OfType<string>()];

    private static TimeRange ReturnsOf(RetentionQuestion question, RetentionPoint point)
    {
        var zone = question.Scope.Zone;
        // A rolling day of the last user begins up to a day after the calendar's.
        var last = point.Cohort + point.After!.Value + (question.IsRolling ? 2 : 1);
        return new(PeriodNumbers.StartOf(point.Cohort + point.After.Value, question.Period, zone), PeriodNumbers.StartOf(last, question.Period, zone));
    }

    private static bool IsOf(RetentionQuestion question, RetentionPoint point, long started, long at) => question.IsRolling
        ? at >= started && (at - started) / (long)TimeSpan.FromDays(1).TotalMilliseconds == point.After
        : point.After > 0 || at >= started;

    // What active users did in a range.
    private async Task<BehindPage> DidAsync(
        long tenant, ActivityQuestion question, TimeRange range, IReadOnlyList<(string User, string Label)> found, int limit, CancellationToken cancel)
    {
        var events = await EventsAsync(tenant, question.Scope, range, question.Filter, [.. found.Take(limit).Select(one => one.User)], question.Activity, cancel).ConfigureAwait(false);
        return BehindPage.Of(
            found,
            limit,
            one => new(one.User, question.Breakdown is null ? null : one.Label, [.. events[one.User].Take(EventLookup.MostTold).Select(did => did.Told())]),
            one => new(one.User, "", 0));
    }

    private Task<ILookup<string, FoundEvent>> EventsAsync(
        long tenant, QuestionScope scope, TimeRange range, Filter? filter, IReadOnlyCollection<string> users, FunnelStep what, CancellationToken cancel) =>
        EventLookup.OfAsync(store, tenant, scope, range, filter, users, [what], MostSearched, cancel);
}
