using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>What users of a variant did for one goal.</summary>
/// <param name="Converted">Users who did it at all.</param>
/// <param name="Sum">Sum over all users of what they did; amounts in minor units.</param>
/// <param name="SumOfSquares">Sum of the squares of each user's sum.</param>
public readonly record struct GoalSums(long Converted, double Sum, double SumOfSquares);

/// <summary>The users of one variant.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Users">Users who were exposed to it, and to no other.</param>
/// <param name="Goals">What they did, goal by goal.</param>
public sealed record VariantSums(string Variant, long Users, IReadOnlyList<GoalSums> Goals);

/// <summary>Reads what users did after they were exposed to a variant. Any thread; throws as <see cref="QuestionStore"/>.</summary>
public sealed class ExperimentQueries(QuestionStore store)
{
    /// <summary>The variants, and how many users saw several and are in none.</summary>
    public async Task<(IReadOnlyList<VariantSums> Variants, long Mixed)> OfAsync(long tenant, ExperimentQuestion question, CancellationToken cancel)
    {
        var rows = await store.AskAsync(
            tenant,
            StatementOf(question),
            row => (IsMixed: row[0].GetInt32() == 1, Sums: new VariantSums(row[1].GetString()!, row[2].GetInt64(), [.. question.Goals.Select((_, goal) => Goal(row, 3 + (3 * goal)))])),
            cancel).ConfigureAwait(false);
        return ([.. rows.Where(row => !row.IsMixed).Select(row => row.Sums).OrderBy(sums => sums.Variant, StringComparer.Ordinal)], rows.Where(row => row.IsMixed).Sum(row => row.Sums.Users));
    }

    private static GoalSums Goal(JsonElement row, int at) => new(row[at].GetInt64(), row[at + 1].GetDouble(), row[at + 2].GetDouble());

    // Per event: is it an exposure, and what is it worth for each goal. Per user: the first exposure, and what came after it. Per variant: the sums.
    private static Statement StatementOf(ExperimentQuestion question)
    {
        var statement = new Statement();
        var goals = Enumerable.Range(0, question.Goals.Count).ToList();
        statement.Set("currency", question.Scope.Currency);
        statement.Add("SELECT mixed, variant, count()").Join("", goals, goal => statement.Add($", countIf({Name("did", goal)} > 0), sum({Name("value", goal)}), sum({Name("value", goal)} * {Name("value", goal)})"));
        statement.Add(" FROM (SELECT user_id, variants > 1 AS mixed, if(variants > 1, '', first_variant) AS variant")
            .Join("", goals, goal => statement.Add($", length({Name("after", goal)}) AS {Name("did", goal)}, arraySum(one -> one.2, {Name("after", goal)}) AS {Name("value", goal)}"));
        statement.Add(" FROM (SELECT user_id, minIf(at, exposed = 1) AS since, uniqExactIf(label, exposed = 1) AS variants, argMinIf(label, (at, place), exposed = 1) AS first_variant")
            .Join("", goals, goal => statement.Add(
                $", arrayFilter(one -> one.1 >= since AND one.1 <= since + {(long)question.Window.TotalMilliseconds:Int64}, groupArrayIf((at, {Name("worth", goal)}), {Name("is", goal)} = 1)) AS {Name("after", goal)}"));
        statement.Add($" FROM (SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, {Columns.Label(statement, question.Variant, Facts.Events)} AS label, ");
        statement.Add($"({EventSql.Condition(statement, question.Exposure.Event, question.Exposure.Filter)} AND {Columns.Label(statement, question.Variant, Facts.Events)} != '' ");
        statement.Add($"AND event_time < {question.Scope.Range.End:DateTime('UTC')}) AS exposed");
        statement.Join("", goals, goal => Worth(statement, question.Goals[goal], goal));
        RowsSql.Of(statement, Facts.Events, question.Scope, new(question.Scope.Range.Start, question.Scope.Range.End + question.Window + TimeSpan.FromMinutes(1)), question.Filter);
        EventSql.Names(statement, question.Goals.Select(goal => goal.What.Event).Append(question.Exposure.Event));
        return statement.Add(") GROUP BY user_id HAVING max(exposed) = 1)) GROUP BY mixed, variant");
    }

    private static void Worth(Statement statement, ExperimentGoal goal, int number)
    {
        statement.Add($", ({EventSql.Condition(statement, goal.What.Event, goal.What.Filter)}");
        statement.Add(goal.Of?.Type == PropertyType.Money ? " AND currency = {currency:String}" : "").Add($") AS {Name("is", number)}, ");
        if (goal.Of is { } property)
        {
            statement.Add($"ifNull(toFloat64({Columns.Number(statement, property, Facts.Events)}), 0)");
        }
        else
        {
            statement.Add("toFloat64(1)");
        }

        statement.Add($" AS {Name("worth", number)}");
    }

    private static Sql Name(string what, int goal) => new(what + goal.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
