using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which events a step, a cohort or a variant is made of.</summary>
internal static class EventSql
{
    /// <summary>
    /// Which of two events of one user and millisecond came first. Orders and stock come on topics of their own: theirs are the later ones.
    /// </summary>
    public static Sql Place { get; } = new("kafka_offset + if(topic = 'clickstream-events', 0, 4611686018427387904)");

    /// <summary>The condition, in parentheses; 0 or 1.</summary>
    public static Sql Condition(Statement statement, string? name, Filter? filter)
    {
        var rows = name is null ? "1" : $"name = {statement.Value(name, "String")}";
        return new(filter is null ? $"({rows})" : $"({rows} AND {FilterSql.Of(statement, filter, Facts.Events)})");
    }

    /// <summary>Adds that only events of users matter, and only those of these names; any name where one of them is null.</summary>
    public static void Names(Statement statement, IEnumerable<string?> names)
    {
        // A stock level is nobody's.
        statement.Add(" AND user_id != '' AND name != 'stock_level'");
        string?[] all = [.. names.Distinct(StringComparer.Ordinal)];
        if (!all.Contains(null))
        {
            statement.Add($" AND name IN {all.OfType<string>():Array(String)}");
        }
    }
}
