using System.Globalization;
using Analytics.Core.AdHoc;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.AdHoc;

/// <summary>Prints the terms of a query. Equal terms are the same text, so that what SELECT and GROUP BY share is one thing to ClickHouse too.</summary>
/// <remarks>Conditions are always 0 or 1: a comparison with something unknown does not hold, and its NOT does.</remarks>
internal sealed class TermSql(Statement statement, QuerySource source, Conversion? conversion)
{
    private readonly Dictionary<Term, string> _printed = [];

    /// <summary>The term as an expression, in parentheses where it is more than a call.</summary>
    public string Of(Term term)
    {
        if (!_printed.TryGetValue(term, out var sql))
        {
            sql = Print(term);
            _printed.Add(term, sql);
        }

        return sql;
    }

    /// <summary>The term as it goes over the wire: instants as milliseconds, points as numbers, texts as texts.</summary>
    public string Output(Term term) => term.Type switch
    {
        TermType.Text => $"toString({Of(term)})",
        TermType.Instant => $"toUnixTimestamp64Milli({Of(term)})",
        _ => Of(term),
    };

    private string Print(Term term) => term switch
    {
        ColumnTerm column => SourceSql.Column(statement, source, column.Column, conversion),
        PropertyTerm property => $"properties[{Text(property.Name)}]",
        TextTerm text => Text(text.Value),
        NumberTerm number => statement.Value(number.Value, "Float64"),
        FlagTerm flag => flag.Value ? "1" : "0",
        InstantTerm instant => statement.Value(instant.Value, "DateTime64(3, 'UTC')"),
        ParsedTerm parsed => $"toFloat64OrNull({Of(parsed.Text)})",
        AmountTerm amount => $"(toFloat64({Of(amount.Number)}) * {Math.Pow(10, amount.Decimals).ToString(CultureInfo.InvariantCulture)})",
        BucketTerm bucket => BucketSql.Number(bucket.Granularity, Of(bucket.Of)),
        ScalarTerm scalar => Scalar(scalar.Function, Of(scalar.Of)),
        AggregateTerm aggregate => Known(aggregate, Aggregate(aggregate)),
        ArithmeticTerm arithmetic => Arithmetic(arithmetic),
        ComparisonTerm comparison => Comparison(comparison),
        MemberTerm member => Member(member),
        SearchTerm search => Search(search),
        UnknownTerm unknown => Unknown(unknown.Of),
        NotTerm not => $"(NOT {Of(not.Of)})",
        JunctionTerm junction => $"({string.Join(junction.IsAnd ? " AND " : " OR ", junction.Of.Select(Of))})",
        _ => throw new ArgumentOutOfRangeException(nameof(term), term, "Not a term."),
    };

    private static string Scalar(ScalarFunction function, string of) => function switch
    {
        ScalarFunction.Lower => $"lowerUTF8({of})",
        ScalarFunction.Upper => $"upperUTF8({of})",
        ScalarFunction.Length => $"lengthUTF8({of})",
        ScalarFunction.Weekday => $"toDayOfWeek({of}, 0, {{zone:String}})",
        ScalarFunction.HourOfDay => $"toHour({of}, {{zone:String}})",
        ScalarFunction.Round => $"round({of})",
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Not a function."),
    };

    // An amount that cannot be converted would be left out of what is made of many, so all of it is unknown. Whether amounts are known may be asked.
    private string Known(AggregateTerm aggregate, string sql)
    {
        var asked = aggregate.All.OfType<UnknownTerm>().SelectMany(unknown => unknown.All).ToHashSet();
        var amounts = aggregate.All.OfType<ColumnTerm>().Where(column => column.Type == TermType.Money && !asked.Contains(column)).Distinct().ToList();
        if (conversion is null || amounts.Count == 0)
        {
            return sql;
        }

        var (factor, rows) = (Factor(), aggregate.Condition is { } condition && !amounts.Any(condition.All.Contains) ? $" AND {Of(condition)}" : "");
        return $"if(countIf({factor} = 0 AND ({string.Join(" OR ", amounts.Select(amount => $"{SourceSql.Stored(source, amount.Column)} != 0"))}){rows}) > 0, NULL, {sql})";
    }

    private string Factor() => MoneySql.Factor(statement, SourceSql.TimeOf(source), conversion!, SourceSql.CurrencyOf(source));

    // The sum of a column is rounded once; what is made of each row is of amounts as they are told one by one.
    private string Exact(ColumnTerm column, string? condition)
    {
        var rows = $"{SourceSql.CurrencyOf(source)} != ''" + (condition is null ? "" : $" AND {condition}");
        return MoneySql.Rounded($"sumIf(toInt128({SourceSql.Stored(source, column.Column)}) * {Factor()}, {rows})");
    }

    private string Aggregate(AggregateTerm aggregate)
    {
        var of = aggregate.Of is null ? "" : Of(aggregate.Of);
        var condition = aggregate.Condition is null ? null : Of(aggregate.Condition);
        if (aggregate.Of?.Type == TermType.Text)
        {
            // Unknown is no value.
            condition = condition is null ? $"{of} != ''" : $"({condition} AND {of} != '')";
        }

        if (conversion is not null && aggregate is { Function: AggregateFunction.Sum, Of: ColumnTerm { Type: TermType.Money } amount })
        {
            return Exact(amount, condition);
        }

        var (suffix, arguments) = condition is null ? ("", of) : ("If", of.Length == 0 ? condition : $"{of}, {condition}");
        return aggregate.Function switch
        {
            AggregateFunction.Count => $"count{suffix}({arguments})",
            AggregateFunction.Sum => $"ifNull(sum{suffix}({arguments}), 0)",
            AggregateFunction.Average => $"avgOrNull{suffix}({arguments})",
            AggregateFunction.Min => $"minOrNull{suffix}({arguments})",
            AggregateFunction.Max => $"maxOrNull{suffix}({arguments})",
            AggregateFunction.Uniq => $"uniqCombined64{suffix}(17)({arguments})",
            AggregateFunction.Quantile => $"quantileExactInclusiveOrNull{suffix}({aggregate.Level.ToString("R", CultureInfo.InvariantCulture)})({arguments})",
            _ => throw new ArgumentOutOfRangeException(nameof(aggregate), aggregate.Function, "Not a function."),
        };
    }

    private string Arithmetic(ArithmeticTerm term)
    {
        var (left, right) = (Of(term.Left), Of(term.Right));
        return term.Symbol switch
        {
            '-' when term.Left.Type == TermType.Instant => $"((toUnixTimestamp64Milli({left}) - toUnixTimestamp64Milli({right})) / 1000)",
            '+' or '-' => $"({left} {term.Symbol} {right})",
            // Whole numbers would overflow in silence.
            '*' => $"(toFloat64({left}) * {right})",
            '/' => $"({left} / nullIf({right}, 0))",
            _ => throw new ArgumentOutOfRangeException(nameof(term), term.Symbol, "Not a sign."),
        };
    }

    private string Comparison(ComparisonTerm term)
    {
        var isNot = term.Symbol == "!=";
        var plain = $"{Of(term.Left)} {(isNot ? "=" : term.Symbol)} {Of(term.Right)}";
        var known = MayBeUnknown(term.Left) || MayBeUnknown(term.Right) ? $"ifNull({plain}, 0)" : $"({plain})";
        return isNot ? $"(NOT {known})" : known;
    }

    private string Member(MemberTerm term)
    {
        var of = Of(term.Of);
        var list = term.Of.Type switch
        {
            TermType.Text => statement.Value(term.Values.Select(value => ((TextTerm)value).Value).ToArray(), "Array(String)"),
            TermType.Flag => statement.Value(term.Values.Select(value => ((FlagTerm)value).Value ? 1 : 0).ToArray(), "Array(UInt8)"),
            TermType.Instant => statement.Value(term.Values.Select(value => ((InstantTerm)value).Value).ToArray(), "Array(DateTime64(3, 'UTC'))"),
            _ => statement.Value(term.Values.Select(value => ((NumberTerm)value).Value).ToArray(), "Array(Float64)"),
        };
        of = term.Of.Type is TermType.Number or TermType.Money ? $"toFloat64({of})" : of;
        return MayBeUnknown(term.Of) ? $"ifNull({of} IN {list}, 0)" : $"({of} IN {list})";
    }

    private string Search(SearchTerm term)
    {
        var of = Of(term.Of);
        var plain = term.Kind switch
        {
            Pattern.Like => $"{of} LIKE {Text(term.Value)}",
            Pattern.AnyCaseLike => $"{of} ILIKE {Text(term.Value)}",
            Pattern.Contains => $"multiSearchAnyCaseInsensitiveUTF8({of}, {statement.Value(new[] { term.Value }, "Array(String)")})",
            Pattern.Matches => $"match({of}, {Text(term.Value)})",
            _ => throw new ArgumentOutOfRangeException(nameof(term), term.Kind, "Not a way to search."),
        };
        return MayBeUnknown(term.Of) ? $"ifNull({plain}, 0)" : $"({plain})";
    }

    private string Unknown(Term of) => of switch
    {
        PropertyTerm property => $"(NOT mapContains(properties, {Text(property.Name)}))",
        { Type: TermType.Text } => $"(ifNull({Of(of)}, '') = '')",
        _ => $"isNull({Of(of)})",
    };

    // What ClickHouse would answer NULL for; all else keeps to plain comparisons, which its keys understand.
    private static bool MayBeUnknown(Term term) =>
        term.All.Any(part => part is ParsedTerm or AggregateTerm or ArithmeticTerm || (part is ColumnTerm && part.Type == TermType.Money));

    private string Text(string value) => statement.Value(value, "String");
}
