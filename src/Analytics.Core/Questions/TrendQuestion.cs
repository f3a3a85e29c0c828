namespace Analytics.Core.Questions;

/// <summary>Numbers over time: metrics and formulas of them, told apart by up to three properties.</summary>
public sealed record TrendQuestion
{
    /// <summary>When, whose zone and currency, with bots or without.</summary>
    public required QuestionScope Scope { get; init; }

    /// <summary>How wide the points are.</summary>
    public required Granularity Granularity { get; init; }

    /// <summary>What is counted; the first one ranks the groups.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>What is answered, in this order: metrics and formulas of them.</summary>
    public required IReadOnlyList<TrendLine> Lines { get; init; }

    /// <summary>Which events; null for all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>By what groups are told apart; empty for one group of everything.</summary>
    public IReadOnlyList<Property> Breakdown { get; init; } = [];

    /// <summary>Groups that are told apart; the rest is one group of others.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>What the period is compared with; null for nothing.</summary>
    public ComparisonMode? Compare { get; init; }

    /// <summary>Points of the moving average: each with those before it; 0 for none.</summary>
    public int MovingAverage { get; init; }

    /// <summary>Whether the events themselves are read even where sums would do.</summary>
    public bool IsRaw { get; init; }

    /// <summary>The properties that every metric's table has to know.</summary>
    public IReadOnlyCollection<Property> Needed => [.. Breakdown, .. Filter?.Properties ?? []];

    /// <summary>Whether groups are ranked by amounts, which may be of several currencies.</summary>
    public bool IsRankedByMoney => Breakdown.Count > 0 && Metrics[0].IsMoney;

    /// <summary>The table that a metric is read from: the cheapest that knows all it needs.</summary>
    public Facts TableOf(Metric metric)
    {
        var tables = metric.Readable(Needed);
        return !IsRaw && tables.HasFlag(Facts.Cells) ? Facts.Cells : tables & ~Facts.Cells;
    }
}

/// <summary>One line of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Formula">What it is made of.</param>
public sealed record TrendLine(string Name, Formula Formula);
