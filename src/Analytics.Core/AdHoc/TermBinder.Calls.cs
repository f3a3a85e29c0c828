using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <content>Arithmetic and functions.</content>
internal sealed partial class TermBinder
{
    private Term Arithmetic(ArithmeticExpression written)
    {
        var (left, right) = (Bind(written.Left), Bind(written.Right));
        return written.Symbol switch
        {
            '-' => Difference(written, left, right),
            '+' => Plus(written, left, right),
            '*' => Product(written, Numeric(written.Left, left), Numeric(written.Right, right)),
            _ => Quotient(written, Numeric(written.Left, left), Numeric(written.Right, right)),
        };
    }

    private Term Plus(ArithmeticExpression written, Term left, Term right) => (left, right) switch
    {
        (InstantTerm instant, DurationTerm duration) => Shifted(instant, duration.Value, written),
        (DurationTerm duration, InstantTerm instant) => Shifted(instant, duration.Value, written),
        _ => Summed(written, '+', left, right),
    };

    private Term Difference(Expression written, Term left, Term right) => (left, right) switch
    {
        (InstantTerm instant, DurationTerm duration) => Shifted(instant, -duration.Value, written),
        ({ Type: TermType.Instant }, { Type: TermType.Instant }) => new ArithmeticTerm('-', left, right, TermType.Number),
        _ => Summed(written, '-', left, right),
    };

    private ArithmeticTerm Summed(Expression written, char symbol, Term left, Term right)
    {
        if (left.Type == TermType.Duration || right.Type == TermType.Duration)
        {
            throw new InvalidQueryException(written.At, "Expected an instant of the query, such as now(), with a duration; found something else.", "Instead of time + 7d > now() write time > now() - 7d.");
        }

        (left, right) = (Numeric(written, left), Numeric(written, right));
        return left.Type == TermType.Money || right.Type == TermType.Money
            ? new(symbol, Amount(left), Amount(right), TermType.Money)
            : new(symbol, left, right, TermType.Number);
    }

    private static ArithmeticTerm Product(Expression written, Term left, Term right) => left.Type == TermType.Money && right.Type == TermType.Money
        ? throw new InvalidQueryException(written.At, "Expected an amount times a number; found two amounts.")
        : new('*', left, right, left.Type == TermType.Money || right.Type == TermType.Money ? TermType.Money : TermType.Number);

    private static ArithmeticTerm Quotient(Expression written, Term left, Term right) => left.Type != TermType.Money && right.Type == TermType.Money
        ? throw new InvalidQueryException(written.At, "Expected an amount divided by an amount or by a number; found a number divided by an amount.")
        : new('/', left, right, left.Type == TermType.Money && right.Type != TermType.Money ? TermType.Money : TermType.Number);

    private static InstantTerm Shifted(InstantTerm instant, TimeSpan by, Expression written) => new(QueryInstant.Held(instant.Value + by, written.At));

    private static Term Numeric(Expression written, Term term) => term switch
    {
        { Type: TermType.Number or TermType.Money } => term,
        PropertyTerm => new ParsedTerm(term),
        { Type: TermType.Flag } => throw new InvalidQueryException(written.At, "Expected a number; found a condition.", "countIf(condition) counts where it holds."),
        _ => throw Misfit(written, "a number", term),
    };

    private Term Amount(Term term)
    {
        var decimals = Currencies.Decimals(context.Currency);
        return term switch
        {
            { Type: TermType.Money } => term,
            // 19.99 × 100 is not 1999 in binary.
            NumberTerm number => new NumberTerm(Math.Round(number.Value * Math.Pow(10, decimals), 6), TermType.Money),
            _ => new AmountTerm(term, decimals),
        };
    }

    private Term Call(CallExpression call)
    {
        if (QueryFunctions.Aggregate(call.Function) is { } aggregate)
        {
            return Aggregate(call, aggregate.Function, aggregate.Level, aggregate.IsConditional);
        }

        if (call.IsDistinct)
        {
            throw new InvalidQueryException(call.At, $"Expected DISTINCT in count() only; found it in {call.Function}().");
        }

        if (QueryFunctions.Buckets.TryGetValue(call.Function, out var granularity))
        {
            var of = Argument(call, "an instant", TermType.Instant);
            return new BucketTerm(granularity, of);
        }

        return QueryFunctions.Scalars.TryGetValue(call.Function, out var function) ? Scalar(call, function) : call.Function.ToLowerInvariant() switch
        {
            "number" => new ParsedTerm(Argument(call, "a text", TermType.Text)),
            "now" when call.Arguments.Count == 0 => new InstantTerm(new(context.Now.UtcTicks - context.Now.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero)),
            "today" when call.Arguments.Count == 0 => new InstantTerm(ZonedTime.StartOfDay(context.Now, context.Zone)),
            "now" or "today" => throw Counted(call, "none"),
            _ => throw new InvalidQueryException(
                call.At, $"Expected a function; found '{Shortened(call.Function)}()'.", Spelling.Hint(call.Function, QueryFunctions.Names) ?? $"There are {string.Join(", ", QueryFunctions.Names)}."),
        };
    }

    private ScalarTerm Scalar(CallExpression call, ScalarFunction function) => function switch
    {
        ScalarFunction.Lower or ScalarFunction.Upper => new(function, Argument(call, "a text", TermType.Text), TermType.Text),
        ScalarFunction.Length => new(function, Argument(call, "a text", TermType.Text), TermType.Number),
        ScalarFunction.Weekday or ScalarFunction.HourOfDay => new(function, Argument(call, "an instant", TermType.Instant), TermType.Number),
        ScalarFunction.Round => new(function, Argument(call, "a number", TermType.Number), TermType.Number),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Not a function."),
    };

    // The one argument, which differs from row to row.
    private Term Argument(CallExpression call, string expected, TermType type)
    {
        if (call.Arguments.Count != 1)
        {
            throw Counted(call, expected);
        }

        var term = Bind(call.Arguments[0]);
        term = type == TermType.Number && term is PropertyTerm ? new ParsedTerm(term) : term;
        return term.Type == type && !term.IsLiteral ? term : throw Misfit(call.Arguments[0], $"{expected} of a column in {call.Function}()", term);
    }

    private AggregateTerm Aggregate(CallExpression call, AggregateFunction function, double level, bool isConditional)
    {
        if (!_mayAggregate || _isWithinAggregate)
        {
            throw new InvalidQueryException(
                call.At, $"Expected something of a single row here; found {call.Function}(), which is made of many.",
                _isWithinAggregate ? null : "WHERE chooses rows; HAVING chooses groups and may hold count() and the like.");
        }

        _isWithinAggregate = true;
        var term = AggregateOf(call, function, level, isConditional);
        _isWithinAggregate = false;
        return term;
    }

    private AggregateTerm AggregateOf(CallExpression call, AggregateFunction function, double level, bool isConditional)
    {
        var arguments = new Queue<Expression>(call.Arguments);
        var isLevelGiven = function == AggregateFunction.Quantile && level < 0;
        var isCount = function == AggregateFunction.Count;
        var least = (isCount ? 0 : 1) + (isLevelGiven ? 1 : 0) + (isConditional ? 1 : 0);
        if (call.IsDistinct && (!isCount || isConditional || call.Arguments.Count != 1))
        {
            throw new InvalidQueryException(call.At, $"Expected DISTINCT with one column in count() only; found it in {call.Function}().", "uniqIf(user_id, condition) counts different ones that fit.");
        }

        if (call.Arguments.Count != least && !(isCount && !isConditional && call.Arguments.Count == 1))
        {
            throw Counted(call, Signature(isCount, isLevelGiven, isConditional));
        }

        if (isCount && (call.Arguments.Count == 0 || isConditional))
        {
            return new(function, null, isConditional ? Condition(arguments.Dequeue(), call.Function + "()") : null, 0, TermType.Number);
        }

        var written = arguments.Dequeue();
        var of = Measured(call.IsDistinct ? AggregateFunction.Uniq : function, written, Bind(written));
        if (isCount)
        {
            return call.IsDistinct ? new(AggregateFunction.Uniq, of, null, 0, TermType.Number) : new(function, null, new NotTerm(new UnknownTerm(of)), 0, TermType.Number);
        }

        var actualLevel = isLevelGiven ? Level(arguments.Dequeue()) : level;
        var condition = isConditional ? Condition(arguments.Dequeue(), call.Function + "()") : null;
        return new(function, of, condition, actualLevel, function == AggregateFunction.Uniq ? TermType.Number : of.Type);
    }

    private static Term Measured(AggregateFunction function, Expression written, Term term)
    {
        term = function is not (AggregateFunction.Uniq or AggregateFunction.Count) && term is PropertyTerm ? new ParsedTerm(term) : term;
        var isFit = !term.IsLiteral && function switch
        {
            AggregateFunction.Sum or AggregateFunction.Average or AggregateFunction.Quantile => term.Type is TermType.Number or TermType.Money,
            AggregateFunction.Min or AggregateFunction.Max => term.Type is TermType.Number or TermType.Money or TermType.Instant or TermType.Text,
            _ => term.Type != TermType.Duration,
        };
        return isFit ? term : throw new InvalidQueryException(
            written.At, $"Expected {(function is AggregateFunction.Uniq or AggregateFunction.Count ? "a column" : "a number or an amount")} of a column; found {(term.IsLiteral ? "a value" : NameOf(term.Type))}.",
            term.Type == TermType.Flag ? "countIf(condition) counts where it holds." : term.Type == TermType.Text ? "number(…) reads a text as a number." : null);
    }

    private double Level(Expression written) => Bind(written) is NumberTerm { Value: >= 0 and <= 1 } level
        ? level.Value
        : throw new InvalidQueryException(written.At, "Expected the level of a quantile, from 0 to 1; found something else.", "quantile(revenue, 0.9)");

    private static string Signature(bool isCount, bool isLevelGiven, bool isConditional) => isCount
        ? isConditional ? "a condition" : "nothing, or one column"
        : (isLevelGiven, isConditional) switch
        {
            (true, true) => "a column, a level and a condition",
            (true, false) => "a column and a level",
            (false, true) => "a column and a condition",
            _ => "one column",
        };

    private static InvalidQueryException Counted(CallExpression call, string expected) =>
        new(call.At, $"Expected {expected} in {call.Function}(); found {call.Arguments.Count} arguments.");
}
