namespace Analytics.Core.Questions;

/// <summary>How wide the points of a series are. Hours, days, weeks and months are those of the tenant's zone.</summary>
public enum Granularity
{
    /// <summary>One minute, the base.</summary>
    Minute,

    /// <summary>One hour.</summary>
    Hour,

    /// <summary>One day: 23, 24 or 25 hours.</summary>
    Day,

    /// <summary>One week, from Monday on.</summary>
    Week,

    /// <summary>One month.</summary>
    Month,
}
