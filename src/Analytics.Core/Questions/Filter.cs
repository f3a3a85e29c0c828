namespace Analytics.Core.Questions;

/// <summary>Which events count.</summary>
public abstract record Filter
{
    /// <summary>The properties that have to be known to tell.</summary>
    public abstract IEnumerable<Property> Properties { get; }

    /// <summary>Both of two filters; null where there is none.</summary>
    public static Filter? And(Filter? left, Filter? right) => left is null ? right : right is null ? left : new AllOf([left, right]);
}

/// <summary>Events that fit all of some filters.</summary>
public sealed record AllOf(IReadOnlyList<Filter> Filters) : Filter
{
    /// <inheritdoc/>
    public override IEnumerable<Property> Properties => Filters.SelectMany(filter => filter.Properties);
}

/// <summary>Events that fit any of some filters.</summary>
public sealed record AnyOf(IReadOnlyList<Filter> Filters) : Filter
{
    /// <inheritdoc/>
    public override IEnumerable<Property> Properties => Filters.SelectMany(filter => filter.Properties);
}

/// <summary>Events whose property compares so with a value.</summary>
/// <param name="Property">The property.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">One value, two for <see cref="Operator.Between"/>, any number for texts, none for <see cref="Operator.Set"/>.</param>
public sealed record Condition(Property Property, Operator Operator, IReadOnlyList<FilterValue> Values) : Filter
{
    /// <inheritdoc/>
    public override IEnumerable<Property> Properties => [Property];
}

/// <summary>A value that a property is compared with.</summary>
/// <param name="Text">As text, which it always has.</param>
/// <param name="Number">As a number, where it is one.</param>
/// <param name="Instant">As an instant, where the property is one.</param>
public readonly record struct FilterValue(string Text, double? Number = null, DateTimeOffset? Instant = null);

/// <summary>How a property is compared.</summary>
public enum Operator
{
    /// <summary>Is one of the values.</summary>
    Equal,

    /// <summary>Is none of the values; events without the property fit.</summary>
    NotEqual,

    /// <summary>Has one of the values somewhere in it, in any case of letters.</summary>
    Contains,

    /// <summary>Has none of the values in it; events without the property fit.</summary>
    NotContains,

    /// <summary>Fits a regular expression (RE2) somewhere.</summary>
    Matches,

    /// <summary>Is larger, or later.</summary>
    Greater,

    /// <summary>Is as large, or larger.</summary>
    GreaterOrEqual,

    /// <summary>Is smaller, or earlier.</summary>
    Less,

    /// <summary>Is as small, or smaller.</summary>
    LessOrEqual,

    /// <summary>Lies between two values or is one of them.</summary>
    Between,

    /// <summary>Is known.</summary>
    Set,

    /// <summary>Is not known.</summary>
    NotSet,
}
