namespace Analytics.Core.AdHoc;

/// <summary>A part of a query as it was written: names mean nothing yet.</summary>
/// <param name="At">Where it begins.</param>
internal abstract record Expression(QueryPlace At);

/// <summary>A column, or the alias of an item.</summary>
internal sealed record NameExpression(QueryPlace At, string Name) : Expression(At);

/// <summary>A property of the sender's own.</summary>
internal sealed record PropertyExpression(QueryPlace At, string Name) : Expression(At);

/// <summary>A text.</summary>
internal sealed record TextExpression(QueryPlace At, string Value) : Expression(At);

/// <summary>A number.</summary>
internal sealed record NumberExpression(QueryPlace At, double Value) : Expression(At);

/// <summary>A duration.</summary>
internal sealed record DurationExpression(QueryPlace At, TimeSpan Value) : Expression(At);

/// <summary>True or false.</summary>
internal sealed record FlagExpression(QueryPlace At, bool Value) : Expression(At);

/// <summary>A call: <c>count()</c>, <c>count(*)</c>, <c>sum(revenue)</c>.</summary>
internal sealed record CallExpression(QueryPlace At, string Function, IReadOnlyList<Expression> Arguments, bool IsDistinct) : Expression(At);

/// <summary>Arithmetic.</summary>
internal sealed record ArithmeticExpression(QueryPlace At, char Symbol, Expression Left, Expression Right) : Expression(At);

/// <summary>A comparison: =, !=, &lt;, &lt;=, &gt;, &gt;=.</summary>
internal sealed record ComparisonExpression(QueryPlace At, string Symbol, Expression Left, Expression Right) : Expression(At);

/// <summary>A minus before something.</summary>
internal sealed record NegativeExpression(QueryPlace At, Expression Operand) : Expression(At);

/// <summary>NOT.</summary>
internal sealed record NotExpression(QueryPlace At, Expression Operand) : Expression(At);

/// <summary>Two or more with AND, or with OR.</summary>
internal sealed record JunctionExpression(QueryPlace At, bool IsAnd, IReadOnlyList<Expression> Operands) : Expression(At);

/// <summary>IN (…).</summary>
internal sealed record InExpression(QueryPlace At, Expression Operand, IReadOnlyList<Expression> Values) : Expression(At);

/// <summary>BETWEEN … AND ….</summary>
internal sealed record BetweenExpression(QueryPlace At, Expression Operand, Expression Low, Expression High) : Expression(At);

/// <summary>LIKE, ILIKE, CONTAINS or MATCHES.</summary>
internal sealed record PatternExpression(QueryPlace At, Pattern Kind, Expression Operand, Expression Value) : Expression(At);

/// <summary>IS NULL.</summary>
internal sealed record NullExpression(QueryPlace At, Expression Operand) : Expression(At);

/// <summary>How a text is searched.</summary>
public enum Pattern
{
    /// <summary>% for any characters, _ for one, \ before one that is meant itself.</summary>
    Like,

    /// <summary>The same in any case of letters.</summary>
    AnyCaseLike,

    /// <summary>Has it somewhere, in any case of letters.</summary>
    Contains,

    /// <summary>A regular expression (RE2) fits somewhere.</summary>
    Matches,
}

/// <summary>An item of SELECT.</summary>
/// <param name="Value">What.</param>
/// <param name="Alias">Its name; null where none is given.</param>
/// <param name="Text">As it was written: its name where none is given.</param>
internal sealed record SelectItem(Expression Value, string? Alias, string Text);

/// <summary>An item of ORDER BY.</summary>
internal sealed record OrderItem(Expression Value, bool IsDescending);

/// <summary>A query as it was written.</summary>
internal sealed record QuerySyntax(
    bool IsExplain,
    IReadOnlyList<SelectItem> Items,
    NameExpression Source,
    Expression? Where,
    IReadOnlyList<Expression> Groups,
    Expression? Having,
    IReadOnlyList<OrderItem> Order,
    NumberExpression? Limit);
