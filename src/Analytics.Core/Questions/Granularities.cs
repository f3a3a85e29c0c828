namespace Analytics.Core.Questions;

/// <summary>Granularities as questions name them.</summary>
public static class Granularities
{
    /// <summary>The longest range of points of five seconds: they are read from the events, and the 720 points of an hour are as many as a screen shows.</summary>
    public static readonly TimeSpan LongestOfSeconds = TimeSpan.FromHours(1);

    /// <summary>By the word. Weeks begin on the day that <see cref="WeekStarts"/> says.</summary>
    public static IReadOnlyDictionary<string, Granularity> Words { get; } = new Dictionary<string, Granularity>(StringComparer.Ordinal)
    {
        ["5s"] = Granularity.FiveSeconds,
        ["minute"] = Granularity.Minute,
        ["hour"] = Granularity.Hour,
        ["day"] = Granularity.Day,
        ["week"] = Granularity.Week,
        ["month"] = Granularity.Month,
        ["quarter"] = Granularity.Quarter,
    };

    /// <summary>What a week is, by the day on which it begins.</summary>
    public static IReadOnlyDictionary<string, Granularity> WeekStarts { get; } = new Dictionary<string, Granularity>(StringComparer.Ordinal)
    {
        ["monday"] = Granularity.Week,
        ["sunday"] = Granularity.WeekFromSunday,
    };

    /// <summary>Where none is asked for: fine enough to show a shape, coarse enough to stay near a hundred points.</summary>
    public static Granularity ByLength(TimeSpan length) =>
        length <= TimeSpan.FromMinutes(5) ? Granularity.FiveSeconds
        : length <= TimeSpan.FromHours(2) ? Granularity.Minute
        : length <= TimeSpan.FromDays(3) ? Granularity.Hour
        : length <= TimeSpan.FromDays(120) ? Granularity.Day
        : length <= TimeSpan.FromDays(730) ? Granularity.Week
        : Granularity.Month;

    /// <summary>A granularity's word.</summary>
    public static string NameOf(Granularity granularity) =>
        Words.First(pair => pair.Value == (granularity == Granularity.WeekFromSunday ? Granularity.Week : granularity)).Key;

    /// <summary>The day on which its weeks begin; null where it has none.</summary>
    public static string? WeekStartOf(Granularity granularity) => WeekStarts.FirstOrDefault(pair => pair.Value == granularity).Key;

    /// <summary>What ranges are made of: a step belongs to a range when its start does.</summary>
    public static TimeSpan StepOf(Granularity granularity) => granularity == Granularity.FiveSeconds ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(1);
}
