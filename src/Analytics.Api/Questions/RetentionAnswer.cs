using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about retention.</summary>
internal sealed class RetentionAnswer(UserQueries users, Completeness completeness)
{
    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<RetentionReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Retention(node, context);
        var found = (await users.RetentionAsync(tenant.Id, question, cancel).ConfigureAwait(false)).ToDictionary(row => (row.Cohort, row.After), row => row.Users);
        var scope = question.Scope;
        List<CohortReply> cohorts =
        [
            .. Buckets.Of(scope.Range, question.Period, scope.Zone).TakeWhile(start => start <= context.Now)
                .Select(start => CohortOf(question, PeriodNumbers.Of(start, question.Period, scope.Zone), found, context.Now)),
        ];
        return new(
            tenant.Id,
            tenant.Name,
            scope.Range.Start,
            scope.Range.End,
            scope.Zone.Id,
            Granularities.NameOf(question.Period),
            question.IsRolling ? "rolling" : "calendar",
            question.IsFirstTime ? "first_time" : "recurring",
            cohorts,
            [.. Enumerable.Range(0, question.Periods + 1).Select(after => MeanRate(cohorts, after))],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "events");
    }

    private static CohortReply CohortOf(RetentionQuestion question, int cohort, Dictionary<(int Cohort, int After), long> found, DateTimeOffset now)
    {
        var size = found.GetValueOrDefault((cohort, -1));
        DateTimeOffset StartOf(int number) => PeriodNumbers.StartOf(number, question.Period, question.Scope.Zone);
        // A rolling day of the cohort's last user begins up to a day after that of its first.
        DateTimeOffset EndOf(int after) => question.IsRolling ? StartOf(cohort + 1).AddDays(after + 1) : StartOf(cohort + after + 1);
        var cells = Enumerable.Range(0, question.Periods + 1).Select(after =>
        {
            var hasBegun = StartOf(cohort + after) <= now;
            var back = found.GetValueOrDefault((cohort, after));
            return new CohortCellReply(hasBegun ? back : null, hasBegun && size > 0 ? MeasuresReply.Rate((double)back / size) : null, EndOf(after) <= now);
        });
        return new(StartOf(cohort), size, [.. cells]);
    }

    // Of the cohorts whose period has ended, by their size.
    private static double? MeanRate(List<CohortReply> cohorts, int after)
    {
        var finished = cohorts.FindAll(cohort => cohort.Periods[after].IsFinished);
        var size = finished.Sum(cohort => cohort.Users);
        return size == 0 ? null : MeasuresReply.Rate((double)finished.Sum(cohort => cohort.Periods[after].Users ?? 0) / size);
    }
}
