namespace Analytics.Core.Questions.Behind;

/// <summary>A group of an answer that is broken down.</summary>
/// <param name="Label">Its value; null for the others together, and for all.</param>
/// <param name="IsOther">Whether it is the others.</param>
public readonly record struct PointGroup(string? Label, bool IsOther)
{
    /// <summary>Everybody, whatever the group.</summary>
    public static PointGroup All { get; }

    /// <summary>Whether everybody is meant.</summary>
    public bool IsAll => Label is null && !IsOther;
}

/// <summary>Which users of a step.</summary>
public enum FunnelFigure
{
    /// <summary>Those who came to it.</summary>
    Users,

    /// <summary>Those who stand at it, and whose attempts have all ended.</summary>
    Dropped,

    /// <summary>Those who stand at it and may still go on.</summary>
    Open,
}

/// <summary>A figure of a funnel.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Figure">Which of its users.</param>
/// <param name="Group">Of which group.</param>
public sealed record FunnelPoint(int Step, FunnelFigure Figure, PointGroup Group);

/// <summary>A figure of a matrix of cohorts.</summary>
/// <param name="Cohort">Number of the cohort's period.</param>
/// <param name="After">Those who came back so many periods later; null for the whole cohort.</param>
/// <param name="Group">Of which group.</param>
public sealed record RetentionPoint(int Cohort, int? After, PointGroup Group);

/// <summary>What users are in a period.</summary>
public enum LifecycleKind
{
    /// <summary>Never active before.</summary>
    New = 1,

    /// <summary>Active in the period before too.</summary>
    Returning = 2,

    /// <summary>Active earlier, but not in the period before.</summary>
    Resurrected = 3,

    /// <summary>Active in the period before, and not in this one.</summary>
    Dormant = 4,
}

/// <summary>A figure of a lifecycle.</summary>
/// <param name="Period">Number of the period.</param>
/// <param name="Kind">What users are in it.</param>
/// <param name="Group">Of which group.</param>
public sealed record LifecyclePoint(int Period, LifecycleKind Kind, PointGroup Group);

/// <summary>A figure of stickiness.</summary>
/// <param name="Periods">Periods of the range in which users were active.</param>
/// <param name="Group">Of which group.</param>
public sealed record StickinessPoint(int Periods, PointGroup Group);

/// <summary>A figure of an experiment.</summary>
/// <param name="Variant">The variant; null for those who saw several.</param>
/// <param name="Goal">A goal, from 0; null for all of the variant's users.</param>
/// <param name="HasConverted">Those who reached the goal, or those who did not.</param>
public sealed record ExperimentPoint(string? Variant, int? Goal, bool HasConverted);
