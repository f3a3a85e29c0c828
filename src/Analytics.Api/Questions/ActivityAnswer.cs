using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about lifecycle and stickiness.</summary>
internal sealed class ActivityAnswer(UserQueries users, Completeness completeness)
{
    /// <summary>How active users come and go, period by period.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<LifecycleReply> LifecycleAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Activity(node, context);
        var found = (await users.LifecycleAsync(tenant.Id, question, cancel).ConfigureAwait(false)).ToDictionary(row => (row.Period, row.Kind), row => row.Users);
        var (range, zone) = (question.Scope.Range, question.Scope.Zone);
        var points = Buckets.Of(range, question.Period, zone).TakeWhile(start => start <= context.Now).Select(start =>
        {
            var number = PeriodNumbers.Of(start, question.Period, zone);
            long Of(int kind) => found.GetValueOrDefault((number, kind));
            return new LifecyclePointReply(start, Of(1), Of(2), Of(3), Of(4), Buckets.Next(start, question.Period, zone) <= context.Now);
        });
        return new(
            tenant.Id, tenant.Name, range.Start, range.End, zone.Id, Granularities.NameOf(question.Period), [.. points],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false), Stale: false, Approximate: null, Source: "events");
    }

    /// <summary>On how many periods users were active.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<StickinessReply> StickinessAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Activity(node, context);
        var found = await users.StickinessAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var (range, zone) = (question.Scope.Range, question.Scope.Zone);
        var all = found.Sum(row => row.Users);
        return new(
            tenant.Id, tenant.Name, range.Start, range.End, zone.Id, Granularities.NameOf(question.Period), Buckets.Of(range, question.Period, zone).Count(),
            all, all == 0 ? null : MeasuresReply.Rate((double)found.Sum(row => row.Periods * row.Users) / all),
            [.. found.OrderBy(row => row.Periods).Select(row => new StickinessBarReply(row.Periods, row.Users, MeasuresReply.Rate((double)row.Users / all)!.Value))],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false), Stale: false, Approximate: null, Source: "events");
    }
}
