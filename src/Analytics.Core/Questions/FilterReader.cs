namespace Analytics.Core.Questions;

/// <summary>
/// Reads filters: <c>{"property": "country", "op": "=", "value": "DE"}</c>, <c>{"all": [...]}</c>, <c>{"any": [...]}</c>; a list of filters is an <c>all</c>.
/// </summary>
public static class FilterReader
{
    /// <summary>Conditions of one filter. Beyond it a statement would be longer than it is useful.</summary>
    public const int MostConditions = 64;

    /// <summary>Values of one condition. Beyond it the address that carries them would grow past what servers take.</summary>
    public const int MostValues = 500;

    // ClickHouse looks for at most 255 texts at once.
    private const int MostSearched = 100;

    private const int DeepestGroup = 6;
    private const int LongestValue = 1_024;
    private const int LongestPattern = 256;

    private static readonly Dictionary<string, Operator> Operators = new(StringComparer.Ordinal)
    {
        ["="] = Operator.Equal,
        ["!="] = Operator.NotEqual,
        ["in"] = Operator.Equal,
        ["not_in"] = Operator.NotEqual,
        ["contains"] = Operator.Contains,
        ["not_contains"] = Operator.NotContains,
        ["regex"] = Operator.Matches,
        [">"] = Operator.Greater,
        [">="] = Operator.GreaterOrEqual,
        ["<"] = Operator.Less,
        ["<="] = Operator.LessOrEqual,
        ["between"] = Operator.Between,
        ["set"] = Operator.Set,
        ["not_set"] = Operator.NotSet,
    };

    /// <summary>The filter here; null where none is set, and after a fault.</summary>
    public static Filter? Read(QuestionNode node)
    {
        var left = MostConditions;
        var filter = node.IsSet ? Read(node, DeepestGroup, ref left) : null;
        if (left < 0)
        {
            node.Fault($"Expected at most {MostConditions} conditions; found more. Use \"in\" with a list of values where you can.");
        }

        return filter;
    }

    private static Filter? Read(QuestionNode node, int depth, ref int left)
    {
        if (depth == 0)
        {
            node.Fault($"Expected at most {DeepestGroup} groups within each other; found more.");
            return null;
        }

        if (node.IsList)
        {
            return new AllOf(Group(node, depth, ref left));
        }

        if (node.Has("all") || node.Has("any"))
        {
            node.Only(node.Has("all") ? "all" : "any");
            return node.Has("all") ? new AllOf(Group(node["all"], depth, ref left)) : new AnyOf(Group(node["any"], depth, ref left));
        }

        left--;
        return left < 0 ? null : Condition(node);
    }

    private static List<Filter> Group(QuestionNode node, int depth, ref int left)
    {
        var filters = new List<Filter>();
        foreach (var item in node.Items(MostConditions))
        {
            if (Read(item, depth - 1, ref left) is { } filter)
            {
                filters.Add(filter);
            }
        }

        return filters;
    }

    private static Condition? Condition(QuestionNode node)
    {
        node.Only("property", "op", "value");
        var property = Catalogue.Read(node["property"]);
        var op = node["op"].Word(Operators, Operator.Equal);
        if (property is null || !IsFit(node["op"], property, op))
        {
            return null;
        }

        var values = Values(node["value"], property, op);
        return values is null ? null : new(property, op, values);
    }

    private static bool IsFit(QuestionNode node, Property property, Operator op)
    {
        var isFit = op switch
        {
            Operator.Equal or Operator.NotEqual => property.Type != PropertyType.Instant,
            Operator.Contains or Operator.NotContains or Operator.Matches or Operator.Set or Operator.NotSet => property.Type == PropertyType.Text,
            _ => property.Type is PropertyType.Number or PropertyType.Money or PropertyType.Instant || property.IsCustom,
        };
        if (!isFit)
        {
            node.Expected(property.Type switch
            {
                PropertyType.Text => $"=, !=, in, not_in, contains, not_contains, regex, set or not_set, as {property.Name} is a text",
                PropertyType.Flag => $"= or !=, as {property.Name} is true or false",
                PropertyType.Instant => $">, >=, <, <= or between, as {property.Name} is an instant",
                _ => $"=, !=, in, not_in, >, >=, <, <= or between, as {property.Name} is a number",
            });
        }

        return isFit;
    }

    private static List<FilterValue>? Values(QuestionNode node, Property property, Operator op)
    {
        if (op is Operator.Set or Operator.NotSet)
        {
            return [];
        }

        var items = node.Items(MostValues);
        var (least, most) = op switch
        {
            Operator.Between => (2, 2),
            Operator.Equal or Operator.NotEqual => (1, MostValues),
            Operator.Contains or Operator.NotContains => (1, MostSearched),
            _ => (1, 1),
        };
        if (items.Count < least || items.Count > most)
        {
            node.Expected(least == 2 ? "a list of two values, the lower first" : most == 1 ? "one value" : "a value or a list of values");
            return null;
        }

        var values = new List<FilterValue>(items.Count);
        foreach (var item in items)
        {
            if (Value(item, property, op) is { } value)
            {
                values.Add(value);
            }
        }

        return values.Count == items.Count ? values : null;
    }

    private static FilterValue? Value(QuestionNode node, Property property, Operator op)
    {
        if (node.Scalar(op == Operator.Matches ? LongestPattern : LongestValue) is not { } text)
        {
            return null;
        }

        if (property.Type == PropertyType.Instant)
        {
            return QuestionTime.Instant(node) is { } instant ? new(text, null, instant) : null;
        }

        if (property.Type == PropertyType.Flag)
        {
            return text is "true" or "false" ? new(text) : Wrong(node, "true or false");
        }

        var isNumber = property.Type is PropertyType.Number or PropertyType.Money
            || op is Operator.Greater or Operator.GreaterOrEqual or Operator.Less or Operator.LessOrEqual or Operator.Between;
        return !isNumber ? new(text) : node.Number() is { } number ? new(text, number) : null;
    }

    private static FilterValue? Wrong(QuestionNode node, string expected)
    {
        node.Expected(expected);
        return null;
    }
}
