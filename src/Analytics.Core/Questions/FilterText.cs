using System.Text.Json.Nodes;

namespace Analytics.Core.Questions;

/// <summary>Conditions as they are written in an address: <c>country=DE|AT;properties.plan!=free;revenue&gt;=100;page~checkout</c>.</summary>
public static class FilterText
{
    // Longer ones first: ">=" begins with ">".
    private static readonly (string Symbol, string Operator)[] Symbols =
        [("!=", "!="), (">=", ">="), ("<=", "<="), ("!~", "not_contains"), ("=", "="), (">", ">"), ("<", "<"), ("~", "contains"), (":", "=")];

    /// <summary>The same filter as JSON; the values of one condition are parted by <c>|</c>, conditions by <c>;</c>, and all of them hold.</summary>
    /// <exception cref="FormatException">A condition has no operator.</exception>
    public static JsonNode Parse(string text) =>
        new JsonArray([.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Condition)]);

    private static JsonNode Condition(string text)
    {
        var at = text.IndexOfAny(['!', '>', '<', '=', '~', ':']);
        var (symbol, op) = at < 0 ? default : Array.Find(Symbols, one => text.AsSpan(at).StartsWith(one.Symbol, StringComparison.Ordinal));
        if (symbol is null)
        {
            throw new FormatException($"Expected a condition such as country=DE, with one of =, !=, >, >=, <, <=, ~ (contains) or !~; found '{text}'.");
        }

        var values = text[(at + symbol.Length)..].Split('|');
        return new JsonObject
        {
            ["property"] = text[..at].Trim(),
            ["op"] = op,
            ["value"] = values.Length == 1 ? JsonValue.Create(values[0]) : new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
        };
    }
}
