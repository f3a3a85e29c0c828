using System.Text.Json.Nodes;

namespace Analytics.Core.Questions;

/// <summary>Writes filters as <see cref="FilterReader"/> reads them.</summary>
public static class FilterJson
{
    /// <summary>The filter as JSON.</summary>
    public static JsonNode Of(Filter filter) => filter switch
    {
        AllOf all => new JsonObject { ["all"] = Group(all.Filters) },
        AnyOf any => new JsonObject { ["any"] = Group(any.Filters) },
        Condition condition => Of(condition),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Not a filter."),
    };

    private static JsonArray Group(IReadOnlyList<Filter> filters) => [.. filters.Select(filter => Of(filter))];

    private static JsonObject Of(Condition condition)
    {
        var written = new JsonObject { ["property"] = condition.Property.Name, ["op"] = NameOf(condition.Operator) };
        JsonNode[] values = [.. condition.Values.Select(value => value.Number is { } number ? JsonValue.Create(number) : JsonValue.Create(value.Text))];
        if (values.Length > 0)
        {
            written["value"] = values.Length == 1 ? values[0] : new JsonArray(values);
        }

        return written;
    }

    private static string NameOf(Operator op) => op switch
    {
        Operator.Equal => "=",
        Operator.NotEqual => "!=",
        Operator.Contains => "contains",
        Operator.NotContains => "not_contains",
        Operator.Matches => "regex",
        Operator.Greater => ">",
        Operator.GreaterOrEqual => ">=",
        Operator.Less => "<",
        Operator.LessOrEqual => "<=",
        Operator.Between => "between",
        Operator.Set => "set",
        Operator.NotSet => "not_set",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Not an operator."),
    };
}
