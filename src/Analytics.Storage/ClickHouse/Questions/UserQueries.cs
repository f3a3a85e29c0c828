using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Reads how users come back, come and go, how often they are active, and where they go. Any thread; throws as <see cref="QuestionStore"/>.</summary>
public sealed class UserQueries(QuestionStore store)
{
    private static readonly DateTimeOffset Ever = Core.Events.EventLimits.Earliest;

    /// <summary>Users by cohort and period after it; the period -1 is the cohort itself.</summary>
    public Task<List<(int Cohort, int After, long Users)>> RetentionAsync(long tenant, RetentionQuestion question, CancellationToken cancel)
    {
        var (scope, zone) = (question.Scope, question.Scope.Zone);
        var (first, last) = (PeriodNumbers.Of(scope.Range.Start, question.Period, zone), PeriodNumbers.Of(scope.Range.End, question.Period, zone));
        // A rolling day of the last user ends up to a day after the calendar's.
        var until = PeriodNumbers.StartOf(last + question.Periods + 2, question.Period, zone);
        var statement = new Statement();
        statement.Set("zone", zone.Id);
        statement.Add("SELECT cohort.1 AS number, arrayJoin(arrayConcat([toInt64(-1)], after)) AS period, count() FROM (SELECT cohort, ");
        statement.Add(question.IsRolling
            ? "arrayDistinct(arrayMap(at -> intDiv(at - cohort.2, 86400000), arrayFilter(at -> at >= cohort.2, arrayFlatten(groupArrayArray(returned))))) AS after"
            : "arrayMap(one -> toInt64(one.1 - cohort.1), arrayFilter(one -> one.1 > cohort.1 OR (one.1 = cohort.1 AND one.2 >= cohort.2), groupArrayArray(returned))) AS after");
        statement.Add(" FROM (SELECT user_id, groupArrayIf((period, started), started > 0) AS cohorts, ");
        statement.Add(question.IsRolling ? "groupArrayArray(times) AS returned" : "groupArrayIf((period, last_return), last_return > 0) AS returned");
        statement.Add(" FROM (SELECT user_id, period, minIf(at, is_start = 1) AS started, maxIf(at, is_return = 1) AS last_return, groupArrayIf(at, is_return = 1) AS times");
        statement.Add($" FROM (SELECT user_id, {PeriodSql.Number(question.Period, "event_time")} AS period, toUnixTimestamp64Milli(event_time) AS at, ");
        statement.Add($"{EventSql.Condition(statement, question.Start.Event, question.Start.Filter)} AS is_start, ");
        statement.Add($"{EventSql.Condition(statement, question.Return.Event, question.Return.Filter)} AS is_return");
        RowsSql.Of(statement, Facts.Events, scope, new(question.IsFirstTime ? Ever : scope.Range.Start, until), question.Filter);
        EventSql.Names(statement, [question.Start.Event, question.Return.Event]);
        statement.Add(") WHERE is_start = 1 OR is_return = 1 GROUP BY user_id, period) GROUP BY user_id) ARRAY JOIN ");
        statement.Add(question.IsFirstTime ? "arraySlice(arraySort(cohorts), 1, 1)" : "cohorts");
        statement.Add($" AS cohort WHERE cohort.1 >= {(long)first:Int32} AND cohort.1 < {(long)last:Int32} GROUP BY user_id, cohort)");
        statement.Add($" WHERE period <= {(long)question.Periods:Int32} GROUP BY number, period");
        return store.AskAsync(tenant, statement, row => (row[0].GetInt32(), row[1].GetInt32(), row[2].GetInt64()), cancel);
    }

    /// <summary>Users of each period by what they are: 1 new, 2 returning, 3 resurrected, 4 dormant.</summary>
    public Task<List<(int Period, int Kind, long Users)>> LifecycleAsync(long tenant, ActivityQuestion question, CancellationToken cancel)
    {
        var (scope, zone) = (question.Scope, question.Scope.Zone);
        var statement = new Statement();
        statement.Set("zone", zone.Id);
        statement.Add("SELECT kind.1 AS period, kind.2 AS what, count() FROM (SELECT arrayJoin(arrayConcat(");
        statement.Add("arrayMap((period, place) -> (period, multiIf(place = 1, 1, periods[place - 1] = period - 1, 2, 3)), periods, arrayEnumerate(periods)), ");
        statement.Add("arrayMap(period -> (period + 1, 4), arrayFilter((period, place) -> place = length(periods) OR periods[place + 1] != period + 1, periods, arrayEnumerate(periods)))");
        statement.Add(")) AS kind FROM (SELECT user_id, arraySort(groupUniqArray(toInt64(period))) AS periods");
        Active(statement, question, new(Ever, scope.Range.End));
        statement.Add(" GROUP BY user_id))");
        var (first, last) = (PeriodNumbers.Of(scope.Range.Start, question.Period, zone), PeriodNumbers.Of(scope.Range.End, question.Period, zone));
        statement.Add($" WHERE period >= {(long)first:Int32} AND period < {(long)last:Int32} GROUP BY period, what");
        return store.AskAsync(tenant, statement, row => (row[0].GetInt32(), row[1].GetInt32(), row[2].GetInt64()), cancel);
    }

    /// <summary>Users by the number of periods of the range in which they were active.</summary>
    public Task<List<(int Periods, long Users)>> StickinessAsync(long tenant, ActivityQuestion question, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        statement.Add("SELECT periods, count() FROM (SELECT user_id, uniqExact(period) AS periods");
        Active(statement, question, question.Scope.Range);
        statement.Add(" GROUP BY user_id) GROUP BY periods");
        return store.AskAsync(tenant, statement, row => (row[0].GetInt32(), row[1].GetInt64()), cancel);
    }

    /// <summary>The links of paths, and how many paths there are.</summary>
    public async Task<(long Paths, IReadOnlyList<PathLink> Links)> PathsAsync(long tenant, PathQuestion question, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Add("SELECT groupArray(at), groupArray(place), groupArray(label), groupArray(is_anchor) FROM (SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, ");
        statement.Add($"{EventSql.Place} AS place, {Columns.Label(statement, question.By, Facts.Events)} AS label, ");
        statement.Add($"{EventSql.Condition(statement, question.Anchor.Event, question.Anchor.Filter)} AS is_anchor");
        RowsSql.Of(statement, Facts.Events, question.Scope, question.Scope.Range, question.Filter);
        EventSql.Names(statement, [null]);
        statement.Add(") WHERE label != '' GROUP BY user_id HAVING max(is_anchor) = 1");
        var scan = new PathScan(question);
        var events = new List<PathEvent>();
        await foreach (var count in store.StreamAsync(tenant, statement, row =>
        {
            events.Clear();
            for (var index = 0; index < row[0].GetArrayLength(); index++)
            {
                events.Add(new(row[0][index].GetInt64(), row[1][index].GetInt64(), row[2][index].GetString()!, row[3][index].GetInt32() == 1));
            }

            scan.Add(events);
            return events.Count;
        }, cancel).ConfigureAwait(false))
        {
            _ = count;
        }

        return (scan.Paths, scan.Links());
    }

    private static void Active(Statement statement, ActivityQuestion question, TimeRange range)
    {
        statement.Add($" FROM (SELECT user_id, {PeriodSql.Number(question.Period, "event_time")} AS period");
        RowsSql.Of(statement, Facts.Events, question.Scope, range, question.Filter);
        EventSql.Names(statement, [question.Activity.Event]);
        statement.Add($" AND {EventSql.Condition(statement, question.Activity.Event, question.Activity.Filter)}) ");
    }
}
