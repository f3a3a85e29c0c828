using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about retention.</summary>
internal sealed class RetentionAnswer(RetentionQueries retention, Completeness completeness)
{
    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<RetentionReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Retention(node, context);
        var rows = await retention.OfAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        var scope = question.Scope;
        var cohorts = CohortsOf(question, rows, context.Now);
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
            MeanRates(question, cohorts),
            [.. GroupsOf(question, rows).Select(group => Group(group.Label, group.Rows))],
            EventsOf(PointGroup.All),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "events");

        RetentionGroupReply Group(string? label, IEnumerable<RetentionRow> own)
        {
            var some = CohortsOf(question, own, context.Now);
            return new(label, label is null, some.Sum(cohort => cohort.Users), some, MeanRates(question, some), EventsOf(new(label, label is null)));
        }

        string? EventsOf(PointGroup group) =>
            BehindLink.Of(tenant.Id, "retention", node, scope.Range, context.Now, BehindLink.Of(group) + "&figure={figure}&start={start}&after={after}");
    }

    // The largest first, the others last.
    private static IEnumerable<(string? Label, IEnumerable<RetentionRow> Rows)> GroupsOf(RetentionQuestion question, IEnumerable<RetentionRow> rows) => question.Breakdown is null ? [] :
        from row in rows
        group row by (row.Label, IsOther: row.Label is null) into one
        orderby one.Key.IsOther, one.Where(row => row.After < 0).Sum(row => row.Users) descending
        select (one.Key.Label, one.AsEnumerable());

    // Nobody is in two groups of a cohort, so the whole is their sum.
    private static List<CohortReply> CohortsOf(RetentionQuestion question, IEnumerable<RetentionRow> rows, DateTimeOffset now)
    {
        var found = rows.GroupBy(row => (row.Cohort, row.After)).ToDictionary(cell => cell.Key, cell => cell.Sum(row => row.Users));
        return
        [
            .. Buckets.Of(question.Scope.Range, question.Period, question.Scope.Zone).TakeWhile(start => start <= now)
                .Select(start => CohortOf(question, PeriodNumbers.Of(start, question.Period, question.Scope.Zone), found, now)),
        ];
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
            return new CohortCellReply(after, hasBegun ? back : null, hasBegun && size > 0 ? MeasuresReply.Rate((double)back / size) : null, EndOf(after) <= now);
        });
        return new(StartOf(cohort), size, [.. cells]);
    }

    private static List<double?> MeanRates(RetentionQuestion question, List<CohortReply> cohorts) => [.. Enumerable.Range(0, question.Periods + 1).Select(after => MeanRate(cohorts, after))];

    // Of the cohorts whose period has ended, by their size.
    private static double? MeanRate(List<CohortReply> cohorts, int after)
    {
        var finished = cohorts.FindAll(cohort => cohort.Periods[after].IsFinished);
        var size = finished.Sum(cohort => cohort.Users);
        return size == 0 ? null : MeasuresReply.Rate((double)finished.Sum(cohort => cohort.Periods[after].Users ?? 0) / size);
    }
}
