namespace Analytics.Core.Questions;

/// <summary>How wide the points of a series are. Hours, days, weeks, months and quarters are those of the tenant's zone.</summary>
public enum Granularity
{
    /// <summary>Five seconds: of the events themselves, as sums begin with the minute.</summary>
    FiveSeconds,

    /// <summary>One minute, the base.</summary>
    Minute,

    /// <summary>One hour.</summary>
    Hour,

    /// <summary>One day: 23, 24 or 25 hours.</summary>
    Day,

    /// <summary>One week, from Monday on.</summary>
    Week,

    /// <summary>One week, from Sunday on.</summary>
    WeekFromSunday,

    /// <summary>One month.</summary>
    Month,

    /// <summary>Three months, from January, April, July or October on.</summary>
    Quarter,
}
