namespace Analytics.Core.AdHoc;

/// <summary>Finds what the names of a query mean and checks that its clauses fit each other: from what was written to what can be answered.</summary>
internal sealed class QueryBinder
{
    private readonly QuerySyntax _syntax;
    private readonly QuerySource _source;
    private readonly TermBinder _terms;
    private readonly Dictionary<Expression, Term> _bound = new(ReferenceEqualityComparer.Instance);

    /// <summary>Begins; the source has to be one of the catalogue's.</summary>
    public QueryBinder(QuerySyntax syntax, QueryContext context)
    {
        _syntax = syntax;
        _source = QuerySource.All.FirstOrDefault(source => source.Name.Equals(syntax.Source.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidQueryException(
                syntax.Source.At, $"Expected {Listed(QuerySource.All.Select(source => source.Name))} after FROM; found '{syntax.Source.Name}'.",
                Spelling.Hint(syntax.Source.Name, QuerySource.All.Select(source => source.Name)));
        _terms = new(_source, context, [.. syntax.Items.Select(item => item.Alias).OfType<string>()]);
    }

    /// <summary>The query.</summary>
    /// <exception cref="InvalidQueryException">A name means nothing, or types or clauses do not fit.</exception>
    public AdHocQuery Bind()
    {
        var where = _syntax.Where is null ? null : _terms.Condition(_syntax.Where, mayAggregate: false, "WHERE");
        QueryOutput[] outputs = [.. _syntax.Items.Select(Output)];
        Term[] groups = [.. _syntax.Groups.Select(Group)];
        var having = _syntax.Having is null ? null : HavingOf(_syntax.Having);
        QueryOrder[] order = [.. _syntax.Order.Select(item => new QueryOrder(Ordered(item.Value), item.IsDescending))];
        var isGrouped = groups.Length > 0 || outputs.Select(output => output.Value).Concat(order.Select(item => item.By)).Any(IsAggregate);
        CheckNames(outputs);
        if (isGrouped)
        {
            CheckGrouped(groups, outputs, having, order);
        }
        else if (having is not null)
        {
            throw new InvalidQueryException(_syntax.Having!.At, "Expected GROUP BY, or count() and the like in SELECT, where there is HAVING; found neither.", "WHERE chooses rows, HAVING groups.");
        }

        var (start, end) = QueryBounds.Of(where);
        return new()
        {
            IsExplained = _syntax.IsExplain,
            Source = _source,
            Outputs = outputs,
            Where = where,
            Groups = groups,
            IsGrouped = isGrouped,
            Having = having,
            Order = order,
            Limit = Limit(),
            Columns = _terms.Columns,
            Start = start,
            End = end,
            NamesStockLevels = _terms.NamesStockLevels,
        };
    }

    private static bool IsAggregate(Term term) => term.All.Any(part => part is AggregateTerm);

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    private QueryOutput Output(SelectItem item)
    {
        var value = Bound(item.Value);
        return value.Type != TermType.Duration
            ? new(item.Alias ?? item.Text, value)
            : throw new InvalidQueryException(item.Value.At, "Expected a value; found a duration.", "A duration is added to an instant: now() - 7d.");
    }

    // Once for each place of the text, so that an alias is the very same term as its item.
    private Term Bound(Expression expression)
    {
        if (!_bound.TryGetValue(expression, out var term))
        {
            term = _terms.Bind(expression, mayAggregate: true);
            _bound.Add(expression, term);
        }

        return term;
    }

    private Term Group(Expression expression)
    {
        var term = Ordered(expression);
        return IsAggregate(term)
            ? throw new InvalidQueryException(expression.At, "Expected a column, or a function of one row, in GROUP BY; found a function of many.", "count(), sum() and the like are made of the groups.")
            : term;
    }

    // A position, an alias, or an expression.
    private Term Ordered(Expression expression)
    {
        if (expression is NumberExpression number)
        {
            return number.Value >= 1 && number.Value <= _syntax.Items.Count && double.IsInteger(number.Value)
                ? Bound(_syntax.Items[(int)number.Value - 1].Value)
                : throw new InvalidQueryException(number.At, $"Expected a column, or the place of one in SELECT, 1 to {_syntax.Items.Count}; found another number.");
        }

        if (Aliased(expression) is { } item)
        {
            return Bound(item);
        }

        var term = _terms.Bind(WithAliases(expression), mayAggregate: true);
        return term is { IsLiteral: false, Type: not TermType.Duration } ? term : throw new InvalidQueryException(expression.At, "Expected a column or an expression of one; found a value that is the same in every row.");
    }

    private Term HavingOf(Expression expression) => _terms.Condition(WithAliases(expression), mayAggregate: true, "HAVING");

    private Expression? Aliased(Expression expression) => expression is NameExpression name
        ? _syntax.Items.FirstOrDefault(item => item.Alias is not null && item.Alias.Equals(name.Name, StringComparison.OrdinalIgnoreCase))?.Value
        : null;

    // Aliases of SELECT stand for their items; within an item no alias is looked for, so this ends.
    private Expression WithAliases(Expression expression) => expression switch
    {
        NameExpression => Aliased(expression) ?? expression,
        ArithmeticExpression one => one with { Left = WithAliases(one.Left), Right = WithAliases(one.Right) },
        ComparisonExpression one => one with { Left = WithAliases(one.Left), Right = WithAliases(one.Right) },
        NegativeExpression one => one with { Operand = WithAliases(one.Operand) },
        NotExpression one => one with { Operand = WithAliases(one.Operand) },
        JunctionExpression one => one with { Operands = [.. one.Operands.Select(WithAliases)] },
        InExpression one => one with { Operand = WithAliases(one.Operand) },
        BetweenExpression one => one with { Operand = WithAliases(one.Operand), Low = WithAliases(one.Low), High = WithAliases(one.High) },
        PatternExpression one => one with { Operand = WithAliases(one.Operand) },
        NullExpression one => one with { Operand = WithAliases(one.Operand) },
        _ => expression,
    };

    private void CheckNames(QueryOutput[] outputs)
    {
        for (var index = 0; index < outputs.Length; index++)
        {
            if (outputs.Take(index).Any(other => other.Name == outputs[index].Name))
            {
                throw new InvalidQueryException(_syntax.Items[index].Value.At, $"Expected names that differ; found '{outputs[index].Name}' twice.", "AS gives a column a name.");
            }
        }
    }

    private void CheckGrouped(Term[] groups, QueryOutput[] outputs, Term? having, QueryOrder[] order)
    {
        void Check(Term term, Expression written, string clause)
        {
            if (Uncovered(term, groups) is { } name)
            {
                throw new InvalidQueryException(
                    written.At, $"Expected only what GROUP BY names, or functions of many rows, in {clause}; found {name}.", $"Add {name} to GROUP BY, or ask for min({name}) or max({name}).");
            }
        }

        foreach (var (output, item) in outputs.Zip(_syntax.Items))
        {
            Check(output.Value, item.Value, "SELECT");
        }

        foreach (var (item, written) in order.Zip(_syntax.Order))
        {
            Check(item.By, written.Value, "ORDER BY");
        }

        if (having is not null)
        {
            Check(having, _syntax.Having!, "HAVING");
        }
    }

    // The column of a row that a group has many of.
    private static string? Uncovered(Term term, Term[] groups) => groups.Contains(term) || term is AggregateTerm ? null : term switch
    {
        ColumnTerm column => column.Column.Name,
        PropertyTerm property => "properties." + property.Name,
        _ => term.Parts.Select(part => Uncovered(part, groups)).FirstOrDefault(name => name is not null),
    };

    private int Limit() => _syntax.Limit is not { } limit ? AdHocQuery.UsualLimit
        : limit.Value is >= 1 and <= AdHocQuery.MostRows && double.IsInteger(limit.Value) ? (int)limit.Value
        : throw new InvalidQueryException(limit.At, $"Expected a whole number of rows from 1 to {AdHocQuery.MostRows} after LIMIT; found another number.");
}
