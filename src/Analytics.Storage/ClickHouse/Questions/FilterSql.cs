using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Filters as conditions.</summary>
internal static class FilterSql
{
    /// <summary>The condition, in parentheses; always 0 or 1.</summary>
    public static Sql Of(Statement statement, Filter filter, Facts table) => filter switch
    {
        AllOf { Filters.Count: 0 } => new("1"),
        AllOf all => Group(statement, all.Filters, " AND ", table),
        AnyOf { Filters.Count: 0 } => new("0"),
        AnyOf any => Group(statement, any.Filters, " OR ", table),
        Condition condition => new($"({Compare(statement, condition, table)})"),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Not a filter."),
    };

    private static Sql Group(Statement statement, IReadOnlyList<Filter> filters, string between, Facts table) =>
        new($"({string.Join(between, filters.Select(filter => Of(statement, filter, table)))})");

    private static string Compare(Statement statement, Condition condition, Facts table)
    {
        var property = condition.Property;
        return condition.Operator switch
        {
            Operator.Set when property.IsCustom => $"mapContains(properties, {statement.Value(property.CustomName, "String")})",
            Operator.NotSet when property.IsCustom => $"NOT mapContains(properties, {statement.Value(property.CustomName, "String")})",
            Operator.Set => $"{Columns.Of(statement, property, table)} != ''",
            Operator.NotSet => $"{Columns.Of(statement, property, table)} = ''",
            Operator.Equal => Equal(statement, condition, table),
            Operator.NotEqual => $"NOT ({Equal(statement, condition, table)})",
            Operator.Contains => Contains(statement, condition, table),
            Operator.NotContains => $"NOT ({Contains(statement, condition, table)})",
            Operator.Matches => $"match({Columns.Of(statement, property, table)}, {statement.Value(condition.Values[0].Text, "String")})",
            Operator.Between => Ordered(statement, condition, table, ">=", 0) + " AND " + Ordered(statement, condition, table, "<=", 1),
            Operator.Greater => Ordered(statement, condition, table, ">", 0),
            Operator.GreaterOrEqual => Ordered(statement, condition, table, ">=", 0),
            Operator.Less => Ordered(statement, condition, table, "<", 0),
            Operator.LessOrEqual => Ordered(statement, condition, table, "<=", 0),
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition.Operator, "Not an operator."),
        };
    }

    private static string Equal(Statement statement, Condition condition, Facts table)
    {
        var column = Columns.Of(statement, condition.Property, table);
        return condition.Property.Type switch
        {
            PropertyType.Text when condition.Values.Count == 1 => $"{column} = {statement.Value(condition.Values[0].Text, "String")}",
            PropertyType.Text => $"{column} IN {statement.Value(condition.Values.Select(value => value.Text).ToArray(), "Array(String)")}",
            PropertyType.Flag => $"{column} IN {statement.Value(condition.Values.Select(value => value.Text == "true" ? 1 : 0).ToArray(), "Array(UInt8)")}",
            _ => $"toFloat64({column}) IN {statement.Value(condition.Values.Select(value => value.Number!.Value).ToArray(), "Array(Float64)")}",
        };
    }

    private static string Contains(Statement statement, Condition condition, Facts table)
    {
        var column = Columns.Of(statement, condition.Property, table);
        return $"multiSearchAnyCaseInsensitiveUTF8({column}, {statement.Value(condition.Values.Select(value => value.Text).ToArray(), "Array(String)")})";
    }

    private static string Ordered(Statement statement, Condition condition, Facts table, string symbol, int value) =>
        condition.Property.Type == PropertyType.Instant
            ? $"{Columns.Of(statement, condition.Property, table)} {symbol} {statement.Value(condition.Values[value].Instant!.Value, "DateTime64(3, 'UTC')")}"
            : $"ifNull({Columns.Number(statement, condition.Property, table)} {symbol} {statement.Value(condition.Values[value].Number!.Value, "Float64")}, 0)";
}
