using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which rows of a table are a metric's.</summary>
internal static class MetricSql
{
    /// <summary>The column of the event's name.</summary>
    public static string EventColumn(Facts table) => table == Facts.OrderLines ? "status" : "name";

    /// <summary>The condition, in parentheses.</summary>
    public static Sql Condition(Statement statement, Metric metric, Facts table)
    {
        // A stock level is a state of the shop; nobody did it.
        var rows = metric.Event is { } name ? $"{EventColumn(table)} = {statement.Value(name, "String")}" : table == Facts.OrderLines ? "1" : "name != 'stock_level'";
        if (metric.IsMoney)
        {
            // A sum of two currencies is no figure.
            rows += " AND currency = {currency:String}";
        }

        return new(metric.Filter is { } filter ? $"({rows} AND {FilterSql.Of(statement, filter, table)})" : $"({rows})");
    }
}
