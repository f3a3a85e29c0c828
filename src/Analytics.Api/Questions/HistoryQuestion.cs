using Analytics.Core.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>A question about a tenant's history.</summary>
internal sealed record HistoryQuestion(Tenant Tenant, TimeZoneInfo Zone, TimeRange Range, Granularity Granularity, ComparisonMode? Compare, bool WithBots)
{
    /// <summary>The parameters beyond the period.</summary>
    public static HistoryQuestion Read(IQueryCollection query, Tenant tenant, TimeRange range, int maxPoints)
    {
        var granularity = GranularityOf(query["granularity"].ToString(), query["week_start"].ToString(), range.Length);
        var points = Buckets.AtMost(range, granularity);
        if (points > maxPoints)
        {
            throw Problem.Invalid("granularity", $"Expected at most {maxPoints} points; found about {points} of granularity {Granularities.NameOf(granularity)}. Ask for a coarser one or a shorter period.");
        }

        return new(tenant, Period.ZoneOf(tenant), range, granularity, CompareOf(query["compare"].ToString()), WithBotsOf(query["bots"].ToString()));
    }

    /// <summary>A mode of comparison on the wire.</summary>
    public static string NameOf(ComparisonMode mode) => mode switch
    {
        ComparisonMode.PreviousPeriod => "previous_period",
        ComparisonMode.YearOverYear => "year_over_year",
        ComparisonMode.MatchWeekday => "match_weekday",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a mode of comparison."),
    };

    // Sums begin with the minute.
    private static Granularity GranularityOf(string text, string weekStart, TimeSpan length)
    {
        var granularity = text.Length == 0 ? (Granularity)Math.Max((int)Granularity.Minute, (int)Granularities.ByLength(length))
            : Granularities.Words.TryGetValue(text, out var named) && named != Granularity.FiveSeconds ? named
            : throw Problem.Invalid("granularity", $"Expected minute, hour, day, week, month or quarter; found '{text}'.");
        var week = weekStart.Length == 0 ? Granularity.Week
            : Granularities.WeekStarts.TryGetValue(weekStart, out var day) ? day
            : throw Problem.Invalid("week_start", $"Expected monday or sunday; found '{weekStart}'.");
        return granularity == Granularity.Week ? week : granularity;
    }

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
