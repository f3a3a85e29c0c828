using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>What users of a variant did for one goal.</summary>
/// <param name="Converted">Users who did it at all.</param>
/// <param name="Sum">Sum over all users of what they did; amounts in minor units, each converted and rounded by itself.</param>
/// <param name="SumOfSquares">Sum of the squares of each user's sum.</param>
/// <param name="IsKnown">False where an amount among them has no rate: then neither sum is one.</param>
public readonly record struct GoalSums(long Converted, double Sum, double SumOfSquares, bool IsKnown);

/// <summary>The users of one variant.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Users">Users who were exposed to it, and to no other.</param>
/// <param name="Goals">What they did, goal by goal.</param>
public sealed record VariantSums(string Variant, long Users, IReadOnlyList<GoalSums> Goals);

/// <summary>Reads what users did after they were exposed to a variant. Any thread; throws as <see cref="QuestionStore"/>.</summary>
public sealed class ExperimentQueries(QuestionStore store)
{
    /// <summary>The variants, how many users saw several and are in none, and how amounts of other currencies were converted.</summary>
    public async Task<(IReadOnlyList<VariantSums> Variants, long Mixed, Conversion? Conversion)> OfAsync(long tenant, ExperimentQuestion question, CancellationToken cancel)
    {
        var conversion = question.Goals.Any(IsMoney)
            ? await store.Conversions.OfAsync(tenant, question.Scope.Currency, [new("event_time", statement => Amounts(statement, question))], cancel).ConfigureAwait(false)
            : null;
        var rows = await store.AskAsync(
            tenant,
            StatementOf(question, conversion),
            row => (IsMixed: row[0].GetInt32() == 1, Sums: new VariantSums(row[1].GetString()!, row[2].GetInt64(), [.. question.Goals.Select((_, goal) => Goal(row, 3 + (4 * goal)))])),
            cancel).ConfigureAwait(false);
        return ([.. rows.Where(row => !row.IsMixed).Select(row => row.Sums).OrderBy(sums => sums.Variant, StringComparer.Ordinal)], rows.Where(row => row.IsMixed).Sum(row => row.Sums.Users), conversion);
    }

    private static GoalSums Goal(JsonElement row, int at) => new(row[at].GetInt64(), row[at + 1].GetDouble(), row[at + 2].GetDouble(), row[at + 3].GetInt64() == 0);

    private static bool IsMoney(ExperimentGoal goal) => goal.Of?.Type == PropertyType.Money;

    /// <summary>The users of a variant, of those who reached a goal or did not, or of those who saw several variants, in order of their ids.</summary>
    internal Task<List<(string User, string Variant)>> UsersAsync(
        long tenant, ExperimentQuestion question, ExperimentPoint point, string? after, int limit, CancellationToken cancel)
    {
        var statement = new Statement().Add("SELECT user_id, variant");
        Users(statement, question, after, null);
        if (point.Variant is { } variant)
        {
            statement.Add($" WHERE mixed = 0 AND variant = {variant:String}");
        }
        else
        {
            statement.Add(" WHERE mixed = 1");
        }

        if (point.Goal is { } goal)
        {
            statement.Add($" AND {Name("did", goal)} ").Add(point.HasConverted ? "> 0" : "= 0");
        }

        statement.Add($" ORDER BY user_id LIMIT {(long)limit:UInt32}");
        return store.AskAsync(tenant, statement, row => (row[0].GetString()!, row[1].GetString()!), cancel);
    }

    /// <summary>The time in which an exposure or a goal may lie.</summary>
    internal static TimeRange RangeOf(ExperimentQuestion question) =>
        new(question.Scope.Range.Start, question.Scope.Range.End + question.Window + TimeSpan.FromMinutes(1));

    private static Statement StatementOf(ExperimentQuestion question, Conversion? conversion)
    {
        var statement = new Statement();
        statement.Add("SELECT mixed, variant, count()").Join("", Numbers(question), goal => statement.Add($", countIf({Name("did", goal)} > 0), sum({Name("value", goal)}), sum({Name("value", goal)} * {Name("value", goal)}), sum({Name("lost", goal)})"));
        Users(statement, question, null, conversion);
        return statement.Add(" GROUP BY mixed, variant");
    }

    // Per event: is it an exposure, and what is it worth for each goal. Per user: the first exposure, and what came after it.
    private static void Users(Statement statement, ExperimentQuestion question, string? from, Conversion? conversion)
    {
        var goals = Numbers(question);
        statement.Set("currency", question.Scope.Currency);
        statement.Add(" FROM (SELECT user_id, variants > 1 AS mixed, if(variants > 1, '', first_variant) AS variant")
            .Join("", goals, goal => statement.Add($", length({Name("after", goal)}) AS {Name("did", goal)}, arraySum(one -> one.2, {Name("after", goal)}) AS {Name("value", goal)}, arraySum(one -> one.3, {Name("after", goal)}) AS {Name("lost", goal)}"));
        statement.Add(" FROM (SELECT user_id, minIf(at, exposed = 1) AS since, uniqExactIf(label, exposed = 1) AS variants, argMinIf(label, (at, place), exposed = 1) AS first_variant")
            .Join("", goals, goal => statement.Add(
                $", arrayFilter(one -> one.1 >= since AND one.1 <= since + {(long)question.Window.TotalMilliseconds:Int64}, groupArrayIf((at, {Name("worth", goal)}, {Name("lost", goal)}), {Name("is", goal)} = 1)) AS {Name("after", goal)}"));
        statement.Add($" FROM (SELECT user_id, toUnixTimestamp64Milli(event_time) AS at, {EventSql.Place} AS place, {Columns.Label(statement, question.Variant, Facts.Events)} AS label, ");
        statement.Add($"({EventSql.Condition(statement, question.Exposure.Event, question.Exposure.Filter)} AND {Columns.Label(statement, question.Variant, Facts.Events)} != '' ");
        statement.Add($"AND event_time < {question.Scope.Range.End:DateTime('UTC')}) AS exposed");
        statement.Join("", goals, goal => Worth(statement, question.Goals[goal], goal, conversion));
        RowsSql.Of(statement, Facts.Events, question.Scope, RangeOf(question), question.Filter);
        EventSql.Names(statement, question.Goals.Select(goal => goal.What.Event).Append(question.Exposure.Event));
        GroupSql.After(statement, from);
        statement.Add(") GROUP BY user_id HAVING max(exposed) = 1))");
    }

    private static void Amounts(Statement statement, ExperimentQuestion question)
    {
        RowsSql.Of(statement, Facts.Events, question.Scope, RangeOf(question), question.Filter);
        statement.Add(" AND (").Join(" OR ", question.Goals.Where(IsMoney), goal =>
            statement.Add($"({EventSql.Condition(statement, goal.What.Event, goal.What.Filter)} AND {Columns.Number(statement, goal.Of!, Facts.Events)} != 0)")).Add(") AND user_id != ''");
    }

    private static IReadOnlyList<int> Numbers(ExperimentQuestion question) => [.. Enumerable.Range(0, question.Goals.Count)];

    private static void Worth(Statement statement, ExperimentGoal goal, int number, Conversion? conversion)
    {
        statement.Add($", ({EventSql.Condition(statement, goal.What.Event, goal.What.Filter)}");
        statement.Add(IsMoney(goal) ? " AND currency != ''" : "").Add($") AS {Name("is", number)}, ");
        if (goal.Of is { } property)
        {
            var amount = Columns.Number(statement, property, Facts.Events);
            var value = IsMoney(goal) && conversion is not null ? new Sql(MoneySql.Value(statement, amount.Text, "event_time", conversion)) : amount;
            statement.Add($"ifNull(toFloat64({value}), 0) AS {Name("worth", number)}, ");
            statement.Add(!IsMoney(goal) ? "0" : conversion is null ? "currency != {currency:String}" : $"isNull({value})").Add($" AS {Name("lost", number)}");
        }
        else
        {
            statement.Add($"toFloat64(1) AS {Name("worth", number)}, 0 AS {Name("lost", number)}");
        }
    }

    private static Sql Name(string what, int goal) => new(what + goal.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
