using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Users of a period.</summary>
/// <param name="Label">The group that they are in: empty without a breakdown, null for the others together.</param>
/// <param name="Period">Its number.</param>
/// <param name="Kind">What they are in it.</param>
/// <param name="Users">How many.</param>
public readonly record struct LifecycleRow(string? Label, int Period, LifecycleKind Kind, long Users);

/// <summary>Users who were active in so many periods.</summary>
/// <param name="Label">The group that they are in: empty without a breakdown, null for the others together.</param>
/// <param name="Periods">Periods of the range in which they were active.</param>
/// <param name="Users">How many.</param>
public readonly record struct StickinessRow(string? Label, int Periods, long Users);

/// <summary>Reads how active users come and go, and how often they are active. Any thread; throws as <see cref="QuestionStore"/>.</summary>
public sealed class ActivityQueries(QuestionStore store)
{
    /// <summary>Users by group, period and kind.</summary>
    public Task<List<LifecycleRow>> LifecycleAsync(long tenant, ActivityQuestion question, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        // By the active users of all periods: who is dormant was counted where he was active.
        GroupSql.Ranked(statement, question.Breakdown, question.Limit, "number, what", new("what != 4"), () =>
        {
            statement.Add("SELECT kind.3 AS label, kind.1 AS number, kind.2 AS what, count() AS users");
            Kinds(statement, question, null);
            var (first, last) = PeriodsOf(question);
            statement.Add($" WHERE number >= {(long)first:Int32} AND number < {(long)last:Int32} GROUP BY label, number, what");
        });
        return store.AskAsync(
            tenant, statement, row => new LifecycleRow(row[1].GetInt32() == 1 ? null : row[0].GetString(), row[2].GetInt32(), (LifecycleKind)row[3].GetInt32(), row[4].GetInt64()), cancel);
    }

    /// <summary>Users by group and by the number of periods of the range in which they were active.</summary>
    public Task<List<StickinessRow>> StickinessAsync(long tenant, ActivityQuestion question, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        GroupSql.Ranked(statement, question.Breakdown, question.Limit, "periods", new("1"), () =>
        {
            statement.Add("SELECT label, periods, count() AS users");
            Periods(statement, question, null);
            statement.Add(" GROUP BY label, periods");
        });
        return store.AskAsync(tenant, statement, row => new StickinessRow(row[1].GetInt32() == 1 ? null : row[0].GetString(), row[2].GetInt32(), row[3].GetInt64()), cancel);
    }

    /// <summary>The users of a period, in order of their ids, with their group.</summary>
    internal Task<List<(string User, string Label)>> UsersAsync(
        long tenant, ActivityQuestion question, LifecyclePoint point, IReadOnlyCollection<string> told, string? after, int limit, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        statement.Add("SELECT user_id, kind.3");
        Kinds(statement, question, after);
        statement.Add($" WHERE kind.1 = {(long)point.Period:Int32} AND kind.2 = {(long)point.Kind:Int32}");
        GroupSql.Add(statement, "kind.3", point.Group, told);
        statement.Add($" ORDER BY user_id LIMIT {(long)limit:UInt32}");
        return store.AskAsync(tenant, statement, row => (row[0].GetString()!, row[1].GetString()!), cancel);
    }

    /// <summary>The users who were active in so many periods, in order of their ids, with their group.</summary>
    internal Task<List<(string User, string Label)>> UsersAsync(
        long tenant, ActivityQuestion question, StickinessPoint point, IReadOnlyCollection<string> told, string? after, int limit, CancellationToken cancel)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        statement.Add("SELECT user_id, label");
        Periods(statement, question, after);
        statement.Add($" WHERE periods = {(long)point.Periods:UInt32}");
        GroupSql.Add(statement, "label", point.Group, told);
        statement.Add($" ORDER BY user_id LIMIT {(long)limit:UInt32}");
        return store.AskAsync(tenant, statement, row => (row[0].GetString()!, row[1].GetString()!), cancel);
    }

    private static (int First, int Last) PeriodsOf(ActivityQuestion question) =>
        (PeriodNumbers.Of(question.Scope.Range.Start, question.Period, question.Scope.Zone), PeriodNumbers.Of(question.Scope.Range.End, question.Period, question.Scope.Zone));

    // One row for each user, and each period in which the user is something: (period, what, label of the first event of that period; of a dormant user of the period before).
    private static void Kinds(Statement statement, ActivityQuestion question, string? after)
    {
        statement.Add(" FROM (SELECT user_id, arrayJoin(arrayConcat(");
        statement.Add("arrayMap((one, place) -> (one.1, multiIf(place = 1, 1, active[place - 1].1 = one.1 - 1, 2, 3), one.2), active, arrayEnumerate(active)), ");
        statement.Add("arrayMap(one -> (one.1 + 1, 4, one.2), arrayFilter((one, place) -> place = length(active) OR active[place + 1].1 != one.1 + 1, active, arrayEnumerate(active)))");
        statement.Add(")) AS kind FROM (SELECT user_id, arraySort(groupArray((toInt64(period), label))) AS active FROM (SELECT user_id, period, ");
        statement.Add(question.Breakdown is null ? "'' AS label" : "argMin(value, (at, place)) AS label");
        Active(statement, question, new(Core.Events.EventLimits.Earliest, question.Scope.Range.End), after);
        statement.Add(" GROUP BY user_id, period) GROUP BY user_id))");
    }

    // One row for each user: the number of periods of the range, and the label of the first event in it.
    private static void Periods(Statement statement, ActivityQuestion question, string? after)
    {
        statement.Add(" FROM (SELECT user_id, uniqExact(period) AS periods, ").Add(question.Breakdown is null ? "'' AS label" : "argMin(value, (at, place)) AS label");
        Active(statement, question, question.Scope.Range, after);
        statement.Add(" GROUP BY user_id)");
    }

    private static void Active(Statement statement, ActivityQuestion question, TimeRange range, string? after)
    {
        statement.Add($" FROM (SELECT user_id, {PeriodSql.Number(question.Period, "event_time")} AS period");
        if (question.Breakdown is { } property)
        {
            statement.Add($", toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, {Columns.Label(statement, property, Facts.Events)} AS value");
        }

        RowsSql.Of(statement, Facts.Events, question.Scope, range, question.Filter);
        EventSql.Names(statement, [question.Activity.Event]);
        GroupSql.After(statement, after);
        statement.Add($" AND {EventSql.Condition(statement, question.Activity.Event, question.Activity.Filter)}) ");
    }
}
