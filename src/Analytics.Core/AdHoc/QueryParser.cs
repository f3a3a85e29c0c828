namespace Analytics.Core.AdHoc;

/// <summary>Reads the grammar of docs/QUERY-LANGUAGE.md by recursive descent; a method stands for each rule of it.</summary>
/// <remarks>Depth is bounded by <see cref="Deepest"/> and chains by <see cref="MostOperators"/>, so that no text overflows the stack, here or in what walks the tree.</remarks>
internal sealed class QueryParser
{
    /// <summary>Parentheses, NOT, minus signs and calls within each other.</summary>
    public const int Deepest = 24;

    /// <summary>Signs of arithmetic in all: a chain of them is a tree as deep as it is long.</summary>
    public const int MostOperators = 64;

    /// <summary>Items of SELECT, GROUP BY and ORDER BY.</summary>
    public const int MostItems = 32;

    /// <summary>Values of a list.</summary>
    public const int MostValues = 500;

    private const int LongestName = 64;

    private static readonly string[] Clauses = ["FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"];
    private static readonly string[] Operators = ["AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "CONTAINS", "MATCHES", "IS"];
    private static readonly HashSet<string> Reserved = new(
        [.. Clauses, .. Operators, "SELECT", "EXPLAIN", "AS", "BY", "ASC", "DESC", "NULL", "DISTINCT"], StringComparer.OrdinalIgnoreCase);

    private readonly string _text;
    private readonly List<QueryToken> _tokens;
    private readonly IReadOnlyDictionary<string, QueryValue> _values;
    private int _at;
    private int _depth;
    private int _operators;

    private QueryParser(string text, IReadOnlyDictionary<string, QueryValue> values)
    {
        _text = text;
        _tokens = QueryTokens.Of(text);
        _values = values;
    }

    private QueryToken Token => _tokens[_at];

    /// <summary>The query of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">Values for <c>:name</c>.</param>
    /// <exception cref="InvalidQueryException">It is none.</exception>
    public static QuerySyntax Parse(string text, IReadOnlyDictionary<string, QueryValue> values) => new QueryParser(text, values).Query();

    // query = ["EXPLAIN"] "SELECT" items "FROM" source ["WHERE" condition] ["GROUP BY" list] ["HAVING" condition] ["ORDER BY" order] ["LIMIT" number] [";"]
    private QuerySyntax Query()
    {
        var isExplain = Take("EXPLAIN");
        Expect("SELECT", "A query begins with SELECT, or EXPLAIN SELECT.");
        var items = List(Item);
        Expect("FROM", "FROM events, orders, order_lines or sessions follows what is selected.");
        var source = Token.Kind == QueryTokenKind.Word && !IsReserved(Token) ? new NameExpression(Token.At, Next().Text) : throw Unexpected("events, orders, order_lines or sessions");
        var where = Take("WHERE") ? Condition() : null;
        var groups = TakeBy("GROUP") ? List(Sum) : [];
        var having = Take("HAVING") ? Condition() : null;
        var order = TakeBy("ORDER") ? List(Order) : [];
        var limit = Take("LIMIT") ? Limit() : null;
        TakeSymbol(";");
        return Token.Kind == QueryTokenKind.End
            ? new(isExplain, items, source, where, groups, having, order, limit)
            : throw Trailing();
    }

    // item = sum ["AS" name]
    private SelectItem Item()
    {
        var start = Token.At;
        if (IsSymbol("*"))
        {
            throw new InvalidQueryException(start, "Expected the names of columns; found '*'.", "Name the columns that you need; EXPLAIN and docs/QUERY-LANGUAGE.md list them.");
        }

        var from = _at;
        var value = Condition();
        var text = Written(from);
        var isNamed = Take("AS");
        // A bare name that is nearly FROM is FROM, misspelt.
        var hasName = Token.Kind == QueryTokenKind.QuotedName
            || (Token.Kind == QueryTokenKind.Word && !IsReserved(Token) && (isNamed || Spelling.Nearest(Token.Text, ["FROM"]) is null));
        if (!hasName)
        {
            return !isNamed ? new(value, null, text) : throw Unexpected("a name after AS");
        }

        var name = Next();
        return name.Text.Length is > 0 and <= LongestName
            ? new(value, name.Text, text)
            : throw new InvalidQueryException(name.At, $"Expected a name of 1 to {LongestName} characters; found {name.Text.Length}.");
    }

    private OrderItem Order()
    {
        var value = Sum();
        return new(value, !Take("ASC") && Take("DESC"));
    }

    private NumberExpression Limit() =>
        Token.Kind == QueryTokenKind.Number ? new(Token.At, Next().Number) : throw Unexpected("a number of rows after LIMIT");

    // condition = all {"OR" all}
    private Expression Condition() => Junction("OR", () => Junction("AND", Negation));

    private Expression Junction(string word, Func<Expression> part)
    {
        var first = part();
        if (!Is(word))
        {
            return first;
        }

        var operands = new List<Expression> { first };
        while (Take(word))
        {
            operands.Add(part());
        }

        return new JunctionExpression(first.At, word == "AND", operands);
    }

    // negation = ["NOT"] comparison
    private Expression Negation()
    {
        var at = Token.At;
        return Take("NOT") ? Deeper(() => new NotExpression(at, Negation())) : Comparison();
    }

    // comparison = sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum | ["NOT"] ("IN" … | "BETWEEN" … | "LIKE" …) | "IS" ["NOT"] "NULL"]
    private Expression Comparison()
    {
        var left = Sum();
        var token = Token;
        if (token.Kind == QueryTokenKind.Symbol && token.Text is "=" or "!=" or "<" or "<=" or ">" or ">=")
        {
            _at++;
            return new ComparisonExpression(token.At, token.Text, left, Sum());
        }

        if (Take("IS"))
        {
            var isNot = Take("NOT");
            Expect("NULL", "IS NULL and IS NOT NULL ask whether something is known.");
            return Not(isNot, token.At, new NullExpression(token.At, left));
        }

        var isNegated = Take("NOT");
        Expression? test = Take("IN") ? new InExpression(token.At, left, Values())
            : Take("BETWEEN") ? Between(token.At, left)
            : Take("LIKE") ? new PatternExpression(token.At, Pattern.Like, left, Sum())
            : Take("ILIKE") ? new PatternExpression(token.At, Pattern.AnyCaseLike, left, Sum())
            : Take("CONTAINS") ? new PatternExpression(token.At, Pattern.Contains, left, Sum())
            : Take("MATCHES") ? new PatternExpression(token.At, Pattern.Matches, left, Sum())
            : isNegated ? throw Unexpected("IN, BETWEEN, LIKE, ILIKE, CONTAINS or MATCHES after NOT")
            : null;
        return test is null ? left : Not(isNegated, token.At, test);
    }

    private static Expression Not(bool isNot, QueryPlace at, Expression test) => isNot ? new NotExpression(at, test) : test;

    private BetweenExpression Between(QueryPlace at, Expression left)
    {
        var low = Sum();
        Expect("AND", "BETWEEN takes two values: BETWEEN 1 AND 5.");
        return new(at, left, low, Sum());
    }

    // values = "(" sum {"," sum} ")" | parameter
    private List<Expression> Values()
    {
        if (Token.Kind == QueryTokenKind.Parameter)
        {
            var token = Next();
            return [.. ValueOf(token).Items.Select(item => Literal(token.At, item))];
        }

        ExpectSymbol("(", "IN is followed by a list of values in parentheses.");
        var values = List(Sum, MostValues);
        ExpectSymbol(")", "The list of values ends with ')'.");
        return values;
    }

    // sum = product {("+" | "-") product}
    private Expression Sum() => Chain("+-", () => Chain("*/", Unary));

    private Expression Chain(string symbols, Func<Expression> part)
    {
        var left = part();
        while (Token.Kind == QueryTokenKind.Symbol && symbols.Contains(Token.Text, StringComparison.Ordinal))
        {
            if (++_operators > MostOperators)
            {
                throw new InvalidQueryException(Token.At, $"Expected at most {MostOperators} signs of arithmetic; found more.");
            }

            var symbol = Next();
            left = new ArithmeticExpression(symbol.At, symbol.Text[0], left, part());
        }

        return left;
    }

    // unary = ["-"] primary
    private Expression Unary()
    {
        var at = Token.At;
        return !TakeSymbol("-") ? Primary() : Deeper(() => Unary() switch
        {
            NumberExpression number => number with { At = at, Value = -number.Value },
            var operand => (Expression)new NegativeExpression(at, operand),
        });
    }

    private Expression Primary()
    {
        var token = Token;
        return token.Kind switch
        {
            QueryTokenKind.Text => new TextExpression(token.At, Next().Text),
            QueryTokenKind.Number => new NumberExpression(token.At, Next().Number),
            QueryTokenKind.Duration => new DurationExpression(token.At, TimeSpan.FromSeconds(Next().Number)),
            QueryTokenKind.Parameter => Literal(Next().At, ValueOf(token).Single(token)),
            QueryTokenKind.QuotedName => new NameExpression(token.At, Next().Text),
            QueryTokenKind.Symbol when token.Text == "(" => Nested(),
            QueryTokenKind.Word when !IsReserved(token) => Name(),
            _ => throw Unexpected("a column, a value or a function"),
        };
    }

    private Expression Nested()
    {
        _at++;
        var inner = Deeper(Condition);
        ExpectSymbol(")", "Every '(' needs its ')'.");
        return inner;
    }

    // name = word | "properties" "." (word | quoted) | word "(" [args] ")" | TRUE | FALSE
    private Expression Name()
    {
        var name = Next();
        if (IsSymbol("("))
        {
            return Call(name);
        }

        if (TakeSymbol("."))
        {
            return Property(name);
        }

        return Same(name.Text, "true") || Same(name.Text, "false") ? new FlagExpression(name.At, Same(name.Text, "true")) : new NameExpression(name.At, name.Text);
    }

    private PropertyExpression Property(QueryToken name)
    {
        if (!Same(name.Text, "properties"))
        {
            throw new InvalidQueryException(name.At, $"Expected a column without a table before it; found '{name.Text}.'.", "Only properties of your own have a dot: properties.plan.");
        }

        return Token.Kind is QueryTokenKind.Word or QueryTokenKind.QuotedName && Token.Text.Length is > 0 and <= 128
            ? new(name.At, Next().Text)
            : throw Unexpected("the name of a property after 'properties.'");
    }

    private CallExpression Call(QueryToken name) => Deeper(() =>
    {
        _at++;
        var isDistinct = Take("DISTINCT");
        if (!isDistinct && IsSymbol("*"))
        {
            _at++;
            ExpectSymbol(")", "count(*) counts rows.");
            return new CallExpression(name.At, name.Text, [], false);
        }

        var arguments = IsSymbol(")") ? [] : List(Condition);
        ExpectSymbol(")", $"The arguments of {name.Text} end with ')'.");
        return new CallExpression(name.At, name.Text, arguments, isDistinct);
    });

    private List<T> List<T>(Func<T> part) => List(part, MostItems);

    private List<T> List<T>(Func<T> part, int most)
    {
        var items = new List<T>();
        do
        {
            if (items.Count == most)
            {
                throw new InvalidQueryException(Token.At, $"Expected at most {most} items; found more.");
            }

            items.Add(part());
        }
        while (TakeSymbol(","));
        return items;
    }

    private T Deeper<T>(Func<T> part)
    {
        if (++_depth > Deepest)
        {
            throw new InvalidQueryException(Token.At, $"Expected at most {Deepest} levels of parentheses, calls and NOT; found more.");
        }

        var value = part();
        _depth--;
        return value;
    }

    private QueryValue ValueOf(QueryToken token) => _values.TryGetValue(token.Text, out var value)
        ? value
        : throw new InvalidQueryException(token.At, $"Expected a value for {token.Found} in parameters; found none.", Spelling.Hint(token.Text, _values.Keys));

    private static Expression Literal(QueryPlace at, QueryScalar value) => value.Number is { } number ? new NumberExpression(at, number)
        : value.Flag is { } flag ? new FlagExpression(at, flag)
        : new TextExpression(at, value.Text!);

    // As it was written, on one line; names the column of the answer.
    private string Written(int from)
    {
        var text = string.Join(' ', _text[_tokens[from].Start.._tokens[_at - 1].End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= LongestName ? text : text[..(LongestName - 1)] + "…";
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static bool IsReserved(QueryToken token) => token.Kind == QueryTokenKind.Word && Reserved.Contains(token.Text);

    private QueryToken Next() => _tokens[_at++];

    private bool Is(string word) => Token.Kind == QueryTokenKind.Word && Same(Token.Text, word);

    private bool IsSymbol(string symbol) => Token.Kind == QueryTokenKind.Symbol && Token.Text == symbol;

    private bool Take(string word)
    {
        var isIt = Is(word);
        _at += isIt ? 1 : 0;
        return isIt;
    }

    private bool TakeSymbol(string symbol)
    {
        var isIt = IsSymbol(symbol);
        _at += isIt ? 1 : 0;
        return isIt;
    }

    private bool TakeBy(string word)
    {
        if (!Take(word))
        {
            return false;
        }

        Expect("BY", $"It is {word} BY.");
        return true;
    }

    private void Expect(string word, string hint)
    {
        if (!Take(word))
        {
            throw Unexpected(word, Token.Kind == QueryTokenKind.Word ? Spelling.Hint(Token.Text, [word]) ?? hint : hint);
        }
    }

    private void ExpectSymbol(string symbol, string hint)
    {
        if (!TakeSymbol(symbol))
        {
            throw Unexpected($"'{symbol}'", hint);
        }
    }

    private InvalidQueryException Unexpected(string expected, string? hint = null) => new(Token.At, $"Expected {expected}; found {Token.Found}.", hint);

    private InvalidQueryException Trailing()
    {
        var hint = Token.Kind != QueryTokenKind.Word ? null
            : Same(Token.Text, "OFFSET") ? "There is no OFFSET: ask for what comes after the last row, WHERE time < …."
            : Same(Token.Text, "JOIN") || Same(Token.Text, "UNION") ? "A query reads one source."
            : Clauses.Any(clause => Same(clause, Token.Text)) ? "The order is WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, each at most once."
            : Spelling.Hint(Token.Text, [.. Clauses, .. Operators]);
        return Unexpected("an operator, the next clause or the end", hint);
    }
}
