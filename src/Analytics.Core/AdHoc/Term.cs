using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <summary>A part of a query whose names have been found and whose types fit.</summary>
/// <param name="Type">What values it has.</param>
public abstract record Term(TermType Type)
{
    /// <summary>What it is made of.</summary>
    public virtual IEnumerable<Term> Parts => [];

    /// <summary>Whether it is a value that stands in the query itself.</summary>
    public bool IsLiteral => this is TextTerm or NumberTerm or FlagTerm or InstantTerm or DurationTerm;

    /// <summary>Itself and all parts of it.</summary>
    public IEnumerable<Term> All => Parts.SelectMany(part => part.All).Prepend(this);
}

/// <summary>A column of the source.</summary>
public sealed record ColumnTerm(QueryColumn Column) : Term(Column.Type);

/// <summary>A property of the sender's own; a text.</summary>
public sealed record PropertyTerm(string Name) : Term(TermType.Text);

/// <summary>A text.</summary>
public sealed record TextTerm(string Value) : Term(TermType.Text);

/// <summary>A number; an amount is in minor units.</summary>
public sealed record NumberTerm(double Value, TermType Type) : Term(Type);

/// <summary>True or false.</summary>
public sealed record FlagTerm(bool Value) : Term(TermType.Flag);

/// <summary>An instant.</summary>
public sealed record InstantTerm(DateTimeOffset Value) : Term(TermType.Instant);

/// <summary>A stretch of time.</summary>
public sealed record DurationTerm(TimeSpan Value) : Term(TermType.Duration);

/// <summary>A text read as a number; unknown where it is none.</summary>
public sealed record ParsedTerm(Term Text) : Term(TermType.Number)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Text];
}

/// <summary>A number of major units as an amount.</summary>
public sealed record AmountTerm(Term Number, int Decimals) : Term(TermType.Money)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Number];
}

/// <summary>The point of a series in which an instant lies.</summary>
public sealed record BucketTerm(Granularity Granularity, Term Of) : Term(TermType.Bucket)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Of];
}

/// <summary>A function of a row.</summary>
public sealed record ScalarTerm(ScalarFunction Function, Term Of, TermType Type) : Term(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Of];
}

/// <summary>A function of the rows of a group.</summary>
/// <param name="Function">Which.</param>
/// <param name="Of">What it is made of; null for a count.</param>
/// <param name="Condition">Which of the rows; null for all.</param>
/// <param name="Level">Of a quantile, 0.5 for the median.</param>
/// <param name="Type">What values it has.</param>
public sealed record AggregateTerm(AggregateFunction Function, Term? Of, Term? Condition, double Level, TermType Type) : Term(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => Of is null ? Condition is null ? [] : [Condition] : Condition is null ? [Of] : [Of, Condition];
}

/// <summary>Arithmetic: + - * /.</summary>
public sealed record ArithmeticTerm(char Symbol, Term Left, Term Right, TermType Type) : Term(Type)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Left, Right];
}

/// <summary>A comparison; what is unknown differs from everything.</summary>
public sealed record ComparisonTerm(string Symbol, Term Left, Term Right) : Term(TermType.Flag)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Left, Right];
}

/// <summary>Whether it is one of some values, all of its own type.</summary>
public sealed record MemberTerm(Term Of, IReadOnlyList<Term> Values) : Term(TermType.Flag)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Of, .. Values];
}

/// <summary>Whether a text fits.</summary>
public sealed record SearchTerm(Pattern Kind, Term Of, string Value) : Term(TermType.Flag)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Of];
}

/// <summary>Whether it is unknown.</summary>
public sealed record UnknownTerm(Term Of) : Term(TermType.Flag)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Of];
}

/// <summary>NOT.</summary>
public sealed record NotTerm(Term Of) : Term(TermType.Flag)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => [Of];
}

/// <summary>All of some conditions, or any of them.</summary>
public sealed record JunctionTerm(bool IsAnd, IReadOnlyList<Term> Of) : Term(TermType.Flag)
{
    /// <inheritdoc/>
    public override IEnumerable<Term> Parts => Of;
}

/// <summary>Functions of a row.</summary>
public enum ScalarFunction
{
    /// <summary>Small letters.</summary>
    Lower,

    /// <summary>Capital letters.</summary>
    Upper,

    /// <summary>Characters of a text.</summary>
    Length,

    /// <summary>Day of the week in the zone, 1 for Monday.</summary>
    Weekday,

    /// <summary>Hour of the day in the zone, 0 to 23.</summary>
    HourOfDay,

    /// <summary>To the next whole number; halves to the even one.</summary>
    Round,
}

/// <summary>Functions of the rows of a group.</summary>
public enum AggregateFunction
{
    /// <summary>How many rows.</summary>
    Count,

    /// <summary>The sum; 0 of none.</summary>
    Sum,

    /// <summary>The mean; unknown without any.</summary>
    Average,

    /// <summary>The least; unknown without any.</summary>
    Min,

    /// <summary>The largest; unknown without any.</summary>
    Max,

    /// <summary>How many different values; what is unknown is none of them.</summary>
    Uniq,

    /// <summary>A quantile, between two values where it falls between them; unknown without any.</summary>
    Quantile,
}
