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
        var question = UserReaders.Activity(node, context);
        var rows = await activity.LifecycleAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var (range, zone) = (question.Scope.Range, question.Scope.Zone);
        return new(
            tenant.Id, tenant.Name, range.Start, range.End, zone.Id, Granularities.NameOf(question.Period), PointsOf(question, rows, context.Now),
            [.. GroupsOf(question, rows, row => row.Label, row => row.Kind == LifecycleKind.Dormant ? 0 : row.Users).Select(group => new LifecycleGroupReply(group.Label, group.Label is null, PointsOf(question, group.Rows, context.Now), EventsOf(new(group.Label, group.Label is null))))],
            EventsOf(PointGroup.All), await completeness.ThroughAsync(cancel).ConfigureAwait(false), Stale: false, Approximate: null, Source: "events");

        string? EventsOf(PointGroup group) => BehindLink.Of(tenant.Id, "lifecycle", node, range, context.Now, BehindLink.Of(group) + "&figure={figure}&start={start}");
    }

    /// <summary>On how many periods users were active.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<StickinessReply> StickinessAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Activity(node, context);
        var rows = await activity.StickinessAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var (range, zone) = (question.Scope.Range, question.Scope.Zone);
        var (users, mean, bars) = BarsOf(rows);
        return new(
            tenant.Id, tenant.Name, range.Start, range.End, zone.Id, Granularities.NameOf(question.Period), Buckets.Of(range, question.Period, zone).Count(), users, mean, bars,
            [.. GroupsOf(question, rows, row => row.Label, row => row.Users).Select(group => GroupOf(group.Label, group.Rows))],
            EventsOf(PointGroup.All), await completeness.ThroughAsync(cancel).ConfigureAwait(false), Stale: false, Approximate: null, Source: "events");

        string? EventsOf(PointGroup group) => BehindLink.Of(tenant.Id, "stickiness", node, range, context.Now, BehindLink.Of(group) + "&figure={figure}&periods={periods}");

        StickinessGroupReply GroupOf(string? label, IEnumerable<StickinessRow> some)
        {
            var (count, ofGroup, barsOfGroup) = BarsOf(some);
            return new(label, label is null, count, ofGroup, barsOfGroup, EventsOf(new(label, label is null)));
        }
    }

    // The largest first, the others last.
    private static IEnumerable<(string? Label, IEnumerable<T> Rows)> GroupsOf<T>(ActivityQuestion question, IEnumerable<T> rows, Func<T, string?> labelOf, Func<T, long> sizeOf) =>
        question.Breakdown is null ? [] :
        from row in rows
        group row by (Label: labelOf(row), IsOther: labelOf(row) is null) into one
        orderby one.Key.IsOther, one.Sum(sizeOf) descending, one.Key.Label
        select (one.Key.Label, one.AsEnumerable());

    // Nobody is in two groups, so the whole is their sum.
    private static (long Users, double? Mean, List<StickinessBarReply> Bars) BarsOf(IEnumerable<StickinessRow> rows)
    {
        var bars = rows.GroupBy(row => row.Periods).OrderBy(bar => bar.Key).Select(bar => (Periods: bar.Key, Users: bar.Sum(row => row.Users))).ToList();
        var all = bars.Sum(bar => bar.Users);
        return (
            all, all == 0 ? null : MeasuresReply.Rate((double)bars.Sum(bar => bar.Periods * bar.Users) / all),
            bars.ConvertAll(bar => new StickinessBarReply(bar.Periods, bar.Users, MeasuresReply.Rate((double)bar.Users / all)!.Value)));
    }

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
