using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Users of a cohort in a period after it.</summary>
/// <param name="Label">The group that they are in: empty without a breakdown, null for the others together.</param>
/// <param name="Cohort">Number of the cohort's period.</param>
/// <param name="After">Periods after it; -1 is the cohort itself.</param>
/// <param name="Users">How many.</param>
public readonly record struct RetentionRow(string? Label, int Cohort, int After, long Users);

/// <summary>Reads how users come back. Any thread; throws as <see cref="QuestionStore"/>.</summary>
public sealed class RetentionQueries(QuestionStore store)
{
    /// <summary>Users by group, cohort and period.</summary>
    public Task<List<RetentionRow>> OfAsync(long tenant, RetentionQuestion question, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        // By the users of all cohorts.
        GroupSql.Ranked(statement, question.Breakdown, question.Limit, "number, period", new("period = -1"), () =>
        {
            statement.Add("SELECT cohort.3 AS label, cohort.1 AS number, arrayJoin(arrayConcat([toInt64(-1)], after)) AS period, count() AS users");
            Cohorts(statement, question, null);
            statement.Add($" WHERE period <= {(long)question.Periods:Int32} GROUP BY label, number, period");
        });
        return store.AskAsync(
            tenant, statement, row => new RetentionRow(row[1].GetInt32() == 1 ? null : row[0].GetString(), row[2].GetInt32(), row[3].GetInt32(), row[4].GetInt64()), cancel);
    }

    /// <summary>The users of a cell, in order of their ids, with their group and the moment of the cohort's start.</summary>
    internal Task<List<(string User, string Label, long Started)>> UsersAsync(
        long tenant, RetentionQuestion question, RetentionPoint point, IReadOnlyCollection<string> told, string? after, int limit, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        statement.Add("SELECT user_id, cohort.3, cohort.2");
        Cohorts(statement, question, after);
        statement.Add($" WHERE cohort.1 = {(long)point.Cohort:Int32}");
        if (point.After is { } periods)
        {
            statement.Add($" AND has(after, {(long)periods:Int64})");
        }

        GroupSql.Add(statement, "cohort.3", point.Group, told);
        statement.Add($" ORDER BY user_id LIMIT {(long)limit:UInt32}");
        return store.AskAsync(tenant, statement, row => (row[0].GetString()!, row[1].GetString()!, row[2].GetInt64()), cancel);
    }

    /// <summary>The time in which a start or a return may lie.</summary>
    internal static TimeRange RangeOf(RetentionQuestion question)
    {
        var last = PeriodNumbers.Of(question.Scope.Range.End, question.Period, question.Scope.Zone);
        // A rolling day of the last user ends up to a day after the calendar's.
        var until = PeriodNumbers.StartOf(last + question.Periods + 2, question.Period, question.Scope.Zone);
        return new(question.IsFirstTime ? Core.Events.EventLimits.Earliest : question.Scope.Range.Start, until);
    }

    // One row for each user and cohort: the cohort (period, first start in it, its label) and the periods after it with a return.
    private static void Cohorts(Statement statement, RetentionQuestion question, string? after)
    {
        var scope = question.Scope;
        var (first, last) = (PeriodNumbers.Of(scope.Range.Start, question.Period, scope.Zone), PeriodNumbers.Of(scope.Range.End, question.Period, scope.Zone));
        statement.Add(" FROM (SELECT user_id, cohort, ").Add(question.IsRolling
            ? "arrayDistinct(arrayMap(at -> intDiv(at - cohort.2, 86400000), arrayFilter(at -> at >= cohort.2, arrayFlatten(groupArrayArray(returned))))) AS after"
            : "arrayMap(one -> toInt64(one.1 - cohort.1), arrayFilter(one -> one.1 > cohort.1 OR (one.1 = cohort.1 AND one.2 >= cohort.2), groupArrayArray(returned))) AS after");
        statement.Add(" FROM (SELECT user_id, groupArrayIf((period, started, label), started > 0) AS cohorts, ");
        statement.Add(question.IsRolling ? "groupArrayArray(times) AS returned" : "groupArrayIf((period, last_return), last_return > 0) AS returned");
        statement.Add(" FROM (SELECT user_id, period, minIf(at, is_start = 1) AS started, maxIf(at, is_return = 1) AS last_return, groupArrayIf(at, is_return = 1) AS times, ");
        statement.Add(question.Breakdown is null ? "'' AS label" : "argMinIf(value, (at, place), is_start = 1) AS label");
        statement.Add($" FROM (SELECT user_id, {PeriodSql.Number(question.Period, "event_time")} AS period, toUnixTimestamp64Milli(event_time) AS at, ");
        if (question.Breakdown is { } property)
        {
            statement.Add($"{EventSql.Place} AS place, {Columns.Label(statement, property, Facts.Events)} AS value, ");
        }

        statement.Add($"{EventSql.Condition(statement, question.Start.Event, question.Start.Filter)} AS is_start, ");
        statement.Add($"{EventSql.Condition(statement, question.Return.Event, question.Return.Filter)} AS is_return");
        RowsSql.Of(statement, Facts.Events, scope, RangeOf(question), question.Filter);
        EventSql.Names(statement, [question.Start.Event, question.Return.Event]);
        GroupSql.After(statement, after);
        statement.Add(") WHERE is_start = 1 OR is_return = 1 GROUP BY user_id, period) GROUP BY user_id) ARRAY JOIN ");
        statement.Add(question.IsFirstTime ? "arraySlice(arraySort(cohorts), 1, 1)" : "cohorts");
        statement.Add($" AS cohort WHERE cohort.1 >= {(long)first:Int32} AND cohort.1 < {(long)last:Int32} GROUP BY user_id, cohort)");
    }
}
