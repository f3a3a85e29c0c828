namespace Analytics.Core.Questions;

/// <summary>How the steps of a funnel follow each other.</summary>
public enum FunnelOrder
{
    /// <summary>In order; other events may lie between.</summary>
    Ordered,

    /// <summary>In order; no other event of the user may lie between.</summary>
    Strict,

    /// <summary>In any order.</summary>
    Unordered,
}

/// <summary>Which of a user's events tells the group that the user is in.</summary>
public enum FunnelAttribution
{
    /// <summary>The first step's.</summary>
    First,

    /// <summary>The event of the last step that was reached.</summary>
    Last,

    /// <summary>Every step's: a funnel of its own for each value, in which a user may be several times.</summary>
    All,
}

/// <summary>A step, or an exclusion: events of a name.</summary>
/// <param name="Name">For people.</param>
/// <param name="Event">Name of the events; null for any.</param>
/// <param name="Filter">Which of them; null for all.</param>
/// <param name="Within">Longest time since the step before; null for the funnel's window alone.</param>
public sealed record FunnelStep(string Name, string? Event, Filter? Filter, TimeSpan? Within = null);

/// <summary>Events that end an attempt in which they lie between two steps.</summary>
/// <param name="What">The events.</param>
/// <param name="From">Number of the step after which they matter, from 1.</param>
/// <param name="To">Number of the step from which on they do not.</param>
public sealed record FunnelExclusion(FunnelStep What, int From, int To);

/// <summary>How many users come how far through some steps, and how long it takes them.</summary>
public sealed record FunnelQuestion
{
    /// <summary>When the first step was made; later steps may lie up to a window after it.</summary>
    public required QuestionScope Scope { get; init; }

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<FunnelStep> Steps { get; init; }

    /// <summary>What may not happen between them.</summary>
    public IReadOnlyList<FunnelExclusion> Exclusions { get; init; } = [];

    /// <summary>How they follow each other.</summary>
    public FunnelOrder Order { get; init; }

    /// <summary>Longest time from the first step to the last, inclusive.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Which events; null for all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>By what users are told apart; null for one group.</summary>
    public Property? Breakdown { get; init; }

    /// <summary>Whose value counts.</summary>
    public FunnelAttribution Attribution { get; init; }

    /// <summary>Groups that are told apart; the rest is one group of others.</summary>
    public int Limit { get; init; } = 10;
}
