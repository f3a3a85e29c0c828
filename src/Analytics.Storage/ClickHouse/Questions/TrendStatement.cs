using System.Globalization;
using Analytics.Core.Questions;
using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Prints the statement that reads some metrics of a trend from one table.</summary>
/// <remarks>
/// A row of the answer is a point of a group, and the point 0 is the group's whole range where it is not <see cref="IsAdditive">the sum of its points</see>. Which groups are told apart is decided within the statement, by the question's first metric over <c>ranked</c>, so that the groups of a comparison are those of the
/// question. Columns: point, group where there is a breakdown (empty for the others), then the parts; where some are amounts and no conversion is given, how many rows were left out for their currency; where two
/// ranges are read, whether the row is of the earlier one.
/// </remarks>
internal static class TrendStatement
{
    /// <summary>The statement.</summary>
    /// <param name="question">The question.</param>
    /// <param name="table">The table.</param>
    /// <param name="parts">What is read; all of them known in the table.</param>
    /// <param name="range">When it counts.</param>
    /// <param name="ranked">Over which groups are ranked.</param>
    /// <param name="conversion">How amounts of other currencies are converted; null to leave them out.</param>
    /// <param name="before">A range that ends before the other begins, to be read along with it; null for none.</param>
    public static Statement Of(
        TrendQuestion question, Facts table, IReadOnlyList<TrendPart> parts, CoveredRange range, CoveredRange ranked, Conversion? conversion, CoveredRange? before = null)
    {
        var statement = new Statement();
        statement.Set("zone", question.Scope.Zone.Id);
        statement.Set("currency", question.Scope.Currency);
        var point = new Sql(BucketSql.Number(question.Granularity, Columns.Time(table)));
        statement.Add($"SELECT {point} AS point");
        if (question.Breakdown.Count > 0)
        {
            statement.Add(", ");
            Group(statement, question, table, ranked, conversion);
            statement.Add(" AS label");
        }

        foreach (var part in parts)
        {
            statement.Add(", ").Add(part.Print(statement, table, conversion).Text);
        }

        if (CountsForeign(parts, conversion))
        {
            statement.Add(", countIf(").Add(MoneySql.Foreign).Add(")");
        }

        string[] keys = question.Breakdown.Count == 0 ? [] : ["label"];
        if (before is not null)
        {
            // A week or a month may have days of both.
            statement.Add($", {new Sql(Columns.Time(table))} < {range.Range.Start:DateTime('UTC')} AS is_before");
            keys = [.. keys, "is_before"];
        }

        RowsSql.OfSeveral(statement, table, question.Scope, before is { } other ? [range, other] : [range], question.Filter, Names(statement, table, parts));
        var points = string.Join(", ", keys.Prepend("point"));
        return statement.Add(" GROUP BY ").Add(IsAdditive(table, parts, conversion) ? points : $"GROUPING SETS (({points}), ({string.Join(", ", keys)}))");
    }

    /// <summary>Whether each part of a range is the sum of that of its points, so that the range itself is not asked for: users, means, percentiles and amounts that are rounded are not.</summary>
    public static bool IsAdditive(Facts table, IReadOnlyList<TrendPart> parts, Conversion? conversion) =>
        table == Facts.Cells && conversion is null && parts.All(part => part.Kind is PartKind.Count or PartKind.Sum);

    /// <summary>Whether the last column says how many rows were left out for their currency.</summary>
    public static bool CountsForeign(IReadOnlyList<TrendPart> parts, Conversion? conversion) => conversion is null && parts.Any(part => part.Metric.IsMoney);

    /// <summary>Adds the rows of a range whose amounts the question is about.</summary>
    public static void Amounts(Statement statement, TrendQuestion question, Facts table, CoveredRange range)
    {
        RowsSql.Of(statement, table, question.Scope, range.Range, question.Filter, range.Cover);
        statement.Add(" AND (").Join(" OR ", question.Metrics.Where(metric => metric.IsMoney && question.TableOf(metric) == table), metric =>
            statement.Add($"({MetricSql.Rows(statement, metric, table)} AND {Columns.Number(statement, metric.Of!, table)} != 0)")).Add(")");
    }

    private static void Group(Statement statement, TrendQuestion question, Facts table, CoveredRange ranked, Conversion? conversion)
    {
        statement.Add("if((");
        Labels(statement, question, table);
        statement.Add(") IN (");
        Ranking(statement, question, ranked, conversion);
        statement.Add("), [");
        Labels(statement, question, table);
        statement.Add("], [])");
    }

    // By the first metric and from its own table, whatever table this statement reads: the groups of all tables are the same.
    private static void Ranking(Statement statement, TrendQuestion question, CoveredRange ranked, Conversion? conversion)
    {
        var first = question.Metrics[0];
        var table = TrendPart.Of(first, question.TableOf(first))[0].Table;
        var numbers = Enumerable.Range(0, question.Breakdown.Count).ToList();
        Sql Name(int index) => new("label" + index.ToString(CultureInfo.InvariantCulture));
        statement.Add("SELECT ").Join(", ", numbers, index => Label(statement, question, table, index).Add($" AS {Name(index)}"));
        RowsSql.OfSeveral(statement, table, question.Scope, [ranked], question.Filter);
        statement.Add($" AND {MetricSql.Condition(statement, first, table, conversion)}");
        statement.Add(" GROUP BY ").Join(", ", numbers, index => statement.Add($"{Name(index)}"));
        statement.Add($" ORDER BY {TrendPart.RankOf(first).Print(statement, table, conversion)} DESC, ").Join(", ", numbers, index => statement.Add($"{Name(index)}"));
        statement.Add($" LIMIT {(long)question.Limit:UInt32}");
    }

    private static void Labels(Statement statement, TrendQuestion question, Facts table) =>
        statement.Join(", ", Enumerable.Range(0, question.Breakdown.Count), index => Label(statement, question, table, index));

    private static Statement Label(Statement statement, TrendQuestion question, Facts table, int index) =>
        statement.Add(Columns.Label(statement, question.Breakdown[index], table).Text);

    private static Sql Names(Statement statement, Facts table, IReadOnlyList<TrendPart> parts)
    {
        if (parts.Any(part => part.Metric.Event is null))
        {
            return new("");
        }

        string[] names = [.. parts.Select(part => part.Metric.Event!).Distinct(StringComparer.Ordinal)];
        return new($" AND {MetricSql.EventColumn(table)} IN {statement.Value(names, "Array(String)")}");
    }
}

/// <summary>A range, and by which sums it is read where they are of cells or sketches.</summary>
internal readonly record struct CoveredRange(TimeRange Range, Cover Cover);
