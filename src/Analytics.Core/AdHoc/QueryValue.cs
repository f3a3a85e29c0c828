namespace Analytics.Core.AdHoc;

/// <summary>A value that a caller gives beside the text of a query; one of the three is set.</summary>
/// <param name="Text">A text.</param>
/// <param name="Number">A number.</param>
/// <param name="Flag">True or false.</param>
public readonly record struct QueryScalar(string? Text, double? Number = null, bool? Flag = null);

/// <summary>The value of a parameter: one, or a list for IN.</summary>
/// <param name="Items">The values, at most 500.</param>
/// <param name="IsList">Whether it was given as a list.</param>
public sealed record QueryValue(IReadOnlyList<QueryScalar> Items, bool IsList)
{
    internal QueryScalar Single(QueryToken token) => !IsList
        ? Items[0]
        : throw new InvalidQueryException(token.At, $"Expected a single value for {token.Found}; found a list.", "A list stands after IN: country IN :countries.");
}
