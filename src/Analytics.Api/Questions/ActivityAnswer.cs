using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about lifecycle and stickiness.</summary>
internal sealed class ActivityAnswer(ActivityQueries activity, Completeness completeness)
{
    /// <summary>How active users come and go, period by period.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<LifecycleReply> LifecycleAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Lifecycle(node, context);
        var rows = await activity.LifecycleAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var (range, zone) = (question.Scope.Range, question.Scope.Zone);
        return new(
            tenant.Id, tenant.Name, range.Start, range.End, zone.Id, Granularities.NameOf(question.Period), PointsOf(question, rows, context.Now),
            [.. GroupsOf(question, rows).Select(group => new LifecycleGroupReply(group.Label, group.Label is null, PointsOf(question, group.Rows, context.Now), EventsOf(new(group.Label, group.Label is null))))],
            EventsOf(PointGroup.All), await completeness.ThroughAsync(cancel).ConfigureAwait(false), Stale: false, Approximate: null, Source: "events");

        string? EventsOf(PointGroup group) => BehindLink.Of(tenant.Id, "lifecycle", node, range, context.Now, BehindLink.Of(group) + "&figure={figure}&start={start}");
    }

    /// <summary>On how many periods users were active.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<StickinessReply> StickinessAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Stickiness(node, context);
        var found = await activity.StickinessAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var (range, zone) = (question.Scope.Range, question.Scope.Zone);
        var all = found.Sum(row => row.Users);
        return new(
            tenant.Id, tenant.Name, range.Start, range.End, zone.Id, Granularities.NameOf(question.Period), Buckets.Of(range, question.Period, zone).Count(),
            all, all == 0 ? null : MeasuresReply.Rate((double)found.Sum(row => row.Periods * row.Users) / all),
            [.. found.OrderBy(row => row.Periods).Select(row => new StickinessBarReply(row.Periods, row.Users, MeasuresReply.Rate((double)row.Users / all)!.Value))],
            BehindLink.Of(tenant.Id, "stickiness", node, range, context.Now, "&figure={figure}&periods={periods}"),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false), Stale: false, Approximate: null, Source: "events");
    }

    // The largest first, the others last.
    private static IEnumerable<(string? Label, IEnumerable<LifecycleRow> Rows)> GroupsOf(ActivityQuestion question, IEnumerable<LifecycleRow> rows) => question.Breakdown is null ? [] :
        from row in rows
        group row by (row.Label, IsOther: row.Label is null) into one
        orderby one.Key.IsOther, one.Where(row => row.Kind != LifecycleKind.Dormant).Sum(row => row.Users) descending, one.Key.Label
        select (one.Key.Label, one.AsEnumerable());

    // Nobody is in two groups of a period, so the whole is their sum.
    private static List<LifecyclePointReply> PointsOf(ActivityQuestion question, IEnumerable<LifecycleRow> rows, DateTimeOffset now)
    {
        var found = rows.GroupBy(row => (row.Period, row.Kind)).ToDictionary(point => point.Key, point => point.Sum(row => row.Users));
        var zone = question.Scope.Zone;
        return
        [
            .. Buckets.Of(question.Scope.Range, question.Period, zone).TakeWhile(start => start <= now).Select(start =>
            {
                var number = PeriodNumbers.Of(start, question.Period, zone);
                long Of(LifecycleKind kind) => found.GetValueOrDefault((number, kind));
                return new LifecyclePointReply(
                    start, Of(LifecycleKind.New), Of(LifecycleKind.Returning), Of(LifecycleKind.Resurrected), Of(LifecycleKind.Dormant),
                    Buckets.Next(start, question.Period, zone) <= now);
            }),
        ];
    }
}
