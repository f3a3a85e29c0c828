using Analytics.Core.Questions;
using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which rows of a table are a metric's.</summary>
internal static class MetricSql
{
    /// <summary>The column of the event's name.</summary>
    public static string EventColumn(Facts table) => table == Facts.OrderLines ? "status" : "name";

    /// <summary>The condition, in parentheses; for amounts with <see cref="MoneySql.Rows"/>.</summary>
    public static Sql Condition(Statement statement, Metric metric, Facts table, Conversion? conversion)
    {
        var rows = Rows(statement, metric, table);
        return metric.IsMoney ? new($"({rows} AND {MoneySql.Rows(conversion)})") : rows;
    }

    /// <summary>The condition, in parentheses, whatever the currency.</summary>
    public static Sql Rows(Statement statement, Metric metric, Facts table)
    {
        // A stock level is a state of the shop; nobody did it.
        var rows = metric.Event is { } name ? $"{EventColumn(table)} = {statement.Value(name, "String")}" : table == Facts.OrderLines ? "1" : "name != 'stock_level'";
        return new(metric.Filter is { } filter ? $"({rows} AND {FilterSql.Of(statement, filter, table)})" : $"({rows})");
    }
}
