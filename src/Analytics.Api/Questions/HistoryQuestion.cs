using Analytics.Core.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>A question about a tenant's history.</summary>
internal sealed record HistoryQuestion(Tenant Tenant, TimeZoneInfo Zone, TimeRange Range, Granularity Granularity, ComparisonMode? Compare, bool WithBots)
{
    /// <summary>The parameters beyond the period.</summary>
    public static HistoryQuestion Read(IQueryCollection query, Tenant tenant, TimeRange range, int maxPoints)
    {
        var granularity = GranularityOf(query["granularity"].ToString(), range.Length);
        var points = Buckets.AtMost(range, granularity);
        if (points > maxPoints)
        {
            throw Problem.Invalid("granularity", $"Expected at most {maxPoints} points; found about {points} of granularity {NameOf(granularity)}. Ask for a coarser one or a shorter period.");
        }

        return new(tenant, Period.ZoneOf(tenant), range, granularity, CompareOf(query["compare"].ToString()), WithBotsOf(query["bots"].ToString()));
    }

    /// <summary>A granularity on the wire.</summary>
    public static string NameOf(Granularity granularity) => granularity switch
    {
        Granularity.Minute => "minute",
        Granularity.Hour => "hour",
        Granularity.Day => "day",
        Granularity.Week => "week",
        Granularity.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, "Not a granularity."),
    };

    /// <summary>A mode of comparison on the wire.</summary>
    public static string NameOf(ComparisonMode mode) => mode switch
    {
        ComparisonMode.PreviousPeriod => "previous_period",
        ComparisonMode.YearOverYear => "year_over_year",
        ComparisonMode.MatchWeekday => "match_weekday",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a mode of comparison."),
    };

    // Where none is asked for: fine enough to show a shape, coarse enough to stay near a hundred points.
    private static Granularity GranularityOf(string text, TimeSpan length) => text switch
    {
        "minute" => Granularity.Minute,
        "hour" => Granularity.Hour,
        "day" => Granularity.Day,
        "week" => Granularity.Week,
        "month" => Granularity.Month,
        "" => length <= TimeSpan.FromHours(2) ? Granularity.Minute
            : length <= TimeSpan.FromDays(3) ? Granularity.Hour
            : length <= TimeSpan.FromDays(120) ? Granularity.Day
            : Granularity.Month,
        _ => throw Problem.Invalid("granularity", $"Expected minute, hour, day, week or month; found '{text}'."),
    };

    /// <summary>The mode of comparison asked for; null for none.</summary>
    public static ComparisonMode? CompareOf(string text) => text switch
    {
        "" or "none" => null,
        "previous_period" => ComparisonMode.PreviousPeriod,
        "year_over_year" => ComparisonMode.YearOverYear,
        "match_weekday" => ComparisonMode.MatchWeekday,
        _ => throw Problem.Invalid("compare", $"Expected previous_period, year_over_year or match_weekday; found '{text}'."),
    };

    /// <summary>Whether events of bots count.</summary>
    public static bool WithBotsOf(string text) => text switch
    {
        "" or "include" => true,
        "exclude" => false,
        _ => throw Problem.Invalid("bots", $"Expected include or exclude; found '{text}'."),
    };
}
