namespace Analytics.Core.AdHoc;

/// <summary>A place in the text of a query.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters (UTF-16).</param>
public readonly record struct QueryPlace(int Line, int Column);

/// <summary>A query cannot be understood, or asks for what there is not.</summary>
/// <param name="place">Where.</param>
/// <param name="detail">What was expected and what was found.</param>
/// <param name="hint">What to do; null where that says nothing more.</param>
public sealed class InvalidQueryException(QueryPlace place, string detail, string? hint = null)
    : Exception($"Line {place.Line}, column {place.Column}: {detail}{(hint is null ? "" : " " + hint)}")
{
    /// <summary>Where.</summary>
    public QueryPlace Place { get; } = place;

    /// <summary>What was expected and what was found.</summary>
    public string Detail { get; } = detail;

    /// <summary>What to do.</summary>
    public string? Hint { get; } = hint;
}
