namespace Analytics.Core.AdHoc;

/// <summary>Finds which stretch of time a condition lets through.</summary>
internal static class QueryBounds
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>The bounds that hold for every row: those that stand alone or with AND.</summary>
    public static (DateTimeOffset? Start, DateTimeOffset? End) Of(Term? where)
    {
        var (start, end) = ((DateTimeOffset?)null, (DateTimeOffset?)null);
        foreach (var condition in Joined(where))
        {
            if (condition is not ComparisonTerm { Left: ColumnTerm { Column.Name: "time" }, Right: InstantTerm { Value: var value } } comparison)
            {
                continue;
            }

            var (from, to) = comparison.Symbol switch
            {
                "=" => (value, value + Tick),
                ">=" => (value, (DateTimeOffset?)null),
                ">" => (value + Tick, null),
                "<" => ((DateTimeOffset?)null, value),
                "<=" => (null, value + Tick),
                _ => ((DateTimeOffset?)null, (DateTimeOffset?)null),
            };
            start = start is null || from > start ? from ?? start : start;
            end = end is null || to < end ? to ?? end : end;
        }

        return (start, end);
    }

    private static IEnumerable<Term> Joined(Term? term) => term switch
    {
        null => [],
        JunctionTerm { IsAnd: true } all => all.Of.SelectMany(Joined),
        _ => [term],
    };
}
