namespace Analytics.Core.AdHoc;

/// <summary>Finds what an expression means: names by the catalogue, types by what can be done with them.</summary>
internal sealed partial class TermBinder(QuerySource source, QueryContext context, IReadOnlyCollection<string> aliases)
{
    private const int LongestPattern = 256;

    private readonly HashSet<string> _columns = new(StringComparer.Ordinal);
    private bool _mayAggregate;
    private bool _isWithinAggregate;

    /// <summary>The columns named so far, in the order of the source.</summary>
    public IReadOnlyList<string> Columns =>
        [.. source.Columns.Select(column => column.Name).Where(_columns.Contains), .. _columns.Where(name => name.Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Whether stock levels are named.</summary>
    public bool NamesStockLevels { get; private set; }

    /// <summary>The term.</summary>
    /// <param name="expression">What was written.</param>
    /// <param name="mayAggregate">Whether functions of many rows may stand here.</param>
    public Term Bind(Expression expression, bool mayAggregate)
    {
        _mayAggregate = mayAggregate;
        return Bind(expression);
    }

    /// <summary>The term, which has to be a condition.</summary>
    public Term Condition(Expression expression, bool mayAggregate, string clause)
    {
        _mayAggregate = mayAggregate;
        return Condition(expression, clause);
    }

    private Term Condition(Expression expression, string place)
    {
        var term = Bind(expression);
        return term.Type == TermType.Flag
            ? term
            : throw new InvalidQueryException(expression.At, $"Expected a condition in {place}, such as country = 'DE'; found {NameOf(term.Type)}.");
    }

    private Term Bind(Expression expression) => expression switch
    {
        NameExpression name => Column(name),
        PropertyExpression property => Property(property),
        TextExpression text => Text(text.Value),
        NumberExpression number => new NumberTerm(number.Value, TermType.Number),
        FlagExpression flag => new FlagTerm(flag.Value),
        DurationExpression duration => new DurationTerm(duration.Value),
        CallExpression call => Call(call),
        ArithmeticExpression arithmetic => Arithmetic(arithmetic),
        NegativeExpression negative => Difference(negative, new NumberTerm(0, TermType.Number), Bind(negative.Operand)),
        ComparisonExpression comparison => Comparison(comparison, Bind(comparison.Left), comparison.Symbol, Bind(comparison.Right)),
        BetweenExpression between => Between(between),
        InExpression member => Member(member),
        PatternExpression pattern => Search(pattern),
        NullExpression unknown => new UnknownTerm(Valued(unknown.Operand)),
        NotExpression not => new NotTerm(Condition(not.Operand, "NOT")),
        JunctionExpression junction => new JunctionTerm(junction.IsAnd, [.. junction.Operands.Select(operand => Condition(operand, junction.IsAnd ? "AND" : "OR"))]),
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression, "Not an expression."),
    };

    private TextTerm Text(string value)
    {
        NamesStockLevels |= value == "stock_level";
        return new(value);
    }

    private ColumnTerm Column(NameExpression name)
    {
        if (source.Find(name.Name) is { } column)
        {
            _columns.Add(column.Name);
            return new(column);
        }

        var names = source.Columns.Select(one => one.Name).ToList();
        var hint = aliases.Contains(name.Name, StringComparer.OrdinalIgnoreCase)
                ? "The name of an item of SELECT stands in GROUP BY, HAVING and ORDER BY only, by itself or in arithmetic."
            : Spelling.Hint(name.Name, names)
            ?? (QueryFunctions.Names.Contains(name.Name, StringComparer.OrdinalIgnoreCase) ? $"A function has parentheses: {name.Name}(…)."
                : $"Its columns are {string.Join(", ", names)}{(source.HasProperties ? ", and properties.<name of your own>" : "")}. Texts stand in single quotes.");
        throw new InvalidQueryException(name.At, $"Expected a column of {source.Name}; found '{Shortened(name.Name)}'.", hint);
    }

    private PropertyTerm Property(PropertyExpression property)
    {
        if (!source.HasProperties)
        {
            throw new InvalidQueryException(property.At, $"Expected a column of {source.Name}; found a property of your own.", "Only events have properties.");
        }

        _columns.Add("properties." + property.Name);
        return new(property.Name);
    }

    private Term Valued(Expression expression)
    {
        var term = Bind(expression);
        return term.Type != TermType.Duration ? term : throw Misfit(expression, "a column", term);
    }

    private JunctionTerm Between(BetweenExpression between)
    {
        var of = Bind(between.Operand);
        return new(true, [Comparison(between, of, ">=", Bind(between.Low)), Comparison(between, of, "<=", Bind(between.High))]);
    }

    private ComparisonTerm Comparison(Expression written, Term left, string symbol, Term right)
    {
        if (left.IsLiteral && !right.IsLiteral)
        {
            return Comparison(written, right, symbol switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => symbol }, left);
        }

        (left, right) = Same(written, left, right);
        var isOrdered = left.Type is TermType.Number or TermType.Money or TermType.Instant;
        return isOrdered || symbol is "=" or "!=" ? new(symbol, left, right)
            : throw new InvalidQueryException(
                written.At, $"Expected a number, an amount or an instant with {symbol}; found {NameOf(left.Type)}.",
                left is PropertyTerm ? "Compare a property with a number, without quotes, or use number(…)." : null);
    }

    // Both of one type.
    private (Term Left, Term Right) Same(Expression written, Term left, Term right)
    {
        if (left.Type == TermType.Bucket || right.Type == TermType.Bucket)
        {
            throw new InvalidQueryException(written.At, "Expected something that compares; found the point of a series.", "Compare time itself: time >= '2026-11-01' AND time < '2026-12-01'.");
        }

        return (left.Type, right.Type) switch
        {
            (TermType.Instant, TermType.Text) when right is TextTerm text => (left, new InstantTerm(QueryInstant.Of(text.Value, written.At, context.Zone))),
            (TermType.Text, TermType.Number) when left is PropertyTerm => (new ParsedTerm(left), right),
            (TermType.Number, TermType.Text) when right is PropertyTerm => (left, new ParsedTerm(right)),
            (TermType.Money, TermType.Number) => (left, Amount(right)),
            (TermType.Number, TermType.Money) => (Amount(left), right),
            (TermType.Flag, TermType.Number) when right is NumberTerm { Value: 0 or 1 } number => (left, new FlagTerm(number.Value == 1)),
            var (one, other) when one == other && one != TermType.Duration => (left, right),
            _ => throw new InvalidQueryException(
                written.At, $"Expected values of one kind; found {NameOf(left.Type)} and {NameOf(right.Type)}.",
                right is NumberTerm && left.Type == TermType.Text ? "A text stands in single quotes."
                    : right is TextTerm && left.Type is TermType.Number or TermType.Money ? "A number stands without quotes." : null),
        };
    }

    private MemberTerm Member(InExpression member)
    {
        var of = Bind(member.Operand);
        if (member.Values.Count == 0)
        {
            throw new InvalidQueryException(member.At, "Expected a list of at least one value after IN; found an empty one.");
        }

        var values = new List<Term>(member.Values.Count);
        var isParsed = false;
        foreach (var written in member.Values)
        {
            var value = Bind(written);
            if (!value.IsLiteral)
            {
                throw new InvalidQueryException(written.At, "Expected a value in the list of IN; found something that differs from row to row.");
            }

            var (left, right) = Same(written, of, value);
            isParsed |= left is ParsedTerm;
            values.Add(right);
        }

        return !isParsed ? new(of, values)
            : values.All(value => value.Type == TermType.Number) ? new(new ParsedTerm(of), values)
            : throw new InvalidQueryException(member.At, "Expected either texts or numbers in the list of IN; found both.");
    }

    private SearchTerm Search(PatternExpression pattern)
    {
        var of = Bind(pattern.Operand);
        if (of.Type != TermType.Text)
        {
            throw Misfit(pattern, "a text to search", of);
        }

        if (Bind(pattern.Value) is not TextTerm { Value.Length: > 0 and <= LongestPattern } value)
        {
            throw new InvalidQueryException(pattern.Value.At, $"Expected a text of 1 to {LongestPattern} characters in single quotes to search for; found something else.");
        }

        if (pattern.Kind is Pattern.Like or Pattern.AnyCaseLike && !IsEscaped(value.Value))
        {
            throw new InvalidQueryException(pattern.Value.At, "Expected \\%, \\_ or \\\\ in a pattern; found a lone \\.", "A \\ that is meant itself is written twice.");
        }

        return new(pattern.Kind, of, value.Value);
    }

    private static bool IsEscaped(string pattern)
    {
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] == '\\' && (++at == pattern.Length || pattern[at] is not ('%' or '_' or '\\')))
            {
                return false;
            }
        }

        return true;
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static InvalidQueryException Misfit(Expression at, string expected, Term found) =>
        new(at.At, $"Expected {expected}; found {NameOf(found.Type)}.");

    private static string NameOf(TermType type) => type switch
    {
        TermType.Text => "a text",
        TermType.Number => "a number",
        TermType.Money => "an amount",
        TermType.Instant => "an instant",
        TermType.Bucket => "the point of a series",
        TermType.Flag => "a condition",
        TermType.Duration => "a duration",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type."),
    };
}
