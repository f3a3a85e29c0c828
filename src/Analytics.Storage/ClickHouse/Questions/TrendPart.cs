using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>What a part adds up.</summary>
internal enum PartKind
{
    /// <summary>Events.</summary>
    Count,

    /// <summary>Values of the metric's property.</summary>
    Sum,

    /// <summary>Distinct users.</summary>
    Users,

    /// <summary>Mean of the values; null without any.</summary>
    Average,

    /// <summary>Least of the values; null without any.</summary>
    Min,

    /// <summary>Largest of the values; null without any.</summary>
    Max,

    /// <summary>A percentile of the values; null without any.</summary>
    Percentile,
}

/// <summary>A number that one table gives for a metric: a metric is one of them, or one divided by another.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Kind">What is added up.</param>
internal sealed record TrendPart(Metric Metric, PartKind Kind)
{
    /// <summary>The parts of a metric that is read from a table (cells standing for cells and sketches), each with its table.</summary>
    public static IReadOnlyList<(Facts Table, TrendPart Part)> Of(Metric metric, Facts table)
    {
        var users = table == Facts.Cells ? Facts.Uniques : table;
        return metric.Measure switch
        {
            Measure.Count => [(table, new(metric, PartKind.Count))],
            Measure.Sum => [(table, new(metric, PartKind.Sum))],
            Measure.Users => [(users, new(metric, PartKind.Users))],
            Measure.PerUser => [(table, new(metric, PartKind.Count)), (users, new(metric, PartKind.Users))],
            // A cell knows how many events its sum is of.
            Measure.Average when table == Facts.Cells => [(table, new(metric, PartKind.Sum)), (table, new(metric, PartKind.Count))],
            Measure.Average => [(table, new(metric, PartKind.Average))],
            Measure.Min => [(table, new(metric, PartKind.Min))],
            Measure.Max => [(table, new(metric, PartKind.Max))],
            Measure.Percentile => [(table, new(metric, PartKind.Percentile))],
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric.Measure, "Not a measure."),
        };
    }

    /// <summary>The part by which groups are ranked: sums by the sum, users by users, all else by how many events there are.</summary>
    public static TrendPart RankOf(Metric metric) => new(metric, metric.Measure switch
    {
        Measure.Sum => PartKind.Sum,
        Measure.Users => PartKind.Users,
        _ => PartKind.Count,
    });

    /// <summary>The value of a metric of its parts, in order; amounts still in minor units.</summary>
    public static double? Value(IReadOnlyList<double?> parts) => parts.Count == 1 ? parts[0] : parts[1] is null or 0 ? null : parts[0] / parts[1];

    /// <summary>What the part is where no row says anything.</summary>
    public double? Nothing => Kind is PartKind.Count or PartKind.Sum or PartKind.Users ? 0 : null;

    /// <summary>Reads the part from an answer.</summary>
    public static double? Read(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();

    /// <summary>The aggregate.</summary>
    public Sql Print(Statement statement, Facts table, Conversion? conversion)
    {
        var rows = MetricSql.Condition(statement, Metric, table, conversion);
        string Values() => Columns.Number(statement, Metric.Of!, table).Text;
        return new(Kind switch
        {
            PartKind.Count when table == Facts.Cells => $"sumIf(events, {rows})",
            PartKind.Count => $"countIf({rows})",
            PartKind.Sum when Metric.IsMoney => MoneySql.Sum(statement, Values(), MetricSql.Rows(statement, Metric, table).Text, Columns.Time(table), conversion),
            PartKind.Sum => $"sumIf({Values()}, {rows})",
            PartKind.Users when table == Facts.Uniques => $"uniqCombined64MergeIf(17)(users, {rows})",
            PartKind.Users => $"uniqCombined64If(17)(user_id, {rows})",
            PartKind.Average or PartKind.Min or PartKind.Max or PartKind.Percentile when Metric.IsMoney && conversion is not null => Converted(statement, Values(), table, conversion),
            _ => OfValues(Values(), rows.Text),
        });
    }

    private string OfValues(string values, string rows) => Kind switch
    {
        PartKind.Average => $"avgOrNullIf({values}, {rows})",
        PartKind.Min => $"minOrNullIf({values}, {rows})",
        PartKind.Max => $"maxOrNullIf({values}, {rows})",
        PartKind.Percentile => $"quantileExactInclusiveOrNullIf({Metric.Level.ToString("R", System.Globalization.CultureInfo.InvariantCulture)})({values}, {rows})",
        _ => throw new ArgumentOutOfRangeException(nameof(values), Kind, "Not a kind of part."),
    };

    // A mean is that of the exact sum; the others are of amounts as they would be told one by one. What cannot be converted makes all of it unknown.
    private string Converted(Statement statement, string column, Facts table, Conversion conversion)
    {
        var (plain, time) = (MetricSql.Rows(statement, Metric, table).Text, Columns.Time(table));
        var rows = $"{plain} AND {MoneySql.Rows(conversion)}";
        if (Kind == PartKind.Average)
        {
            return $"({MoneySql.Sum(statement, column, plain, time, conversion)} / nullIf(countIf({rows}), 0))";
        }

        var value = MoneySql.Value(statement, column, time, conversion);
        return $"if(countIf({rows} AND isNull({value})) > 0, NULL, {OfValues(value, rows)})";
    }
}
