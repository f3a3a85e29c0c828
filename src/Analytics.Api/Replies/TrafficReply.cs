using System.Text.Json.Serialization;
using Analytics.Api.Questions;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Sellers;

namespace Analytics.Api.Replies;

/// <summary>Where visitors came from in a period, and what they did.</summary>
internal sealed record TrafficReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Currency,
    TrafficTotalsReply Totals,
    IReadOnlyList<TrafficPartReply> Sources,
    IReadOnlyList<TrafficPartReply> Countries,
    IReadOnlyList<TrafficPartReply> Devices,
    TrafficCompareReply? Compare,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    LedgerReply? Ledger,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>Orders over visitors, with both; the rate is null where nothing was viewed.</summary>
internal sealed record ConversionReply(double? Rate, long Orders, long Visitors)
{
    /// <summary>The conversion of figures.</summary>
    public static ConversionReply Of(TrafficFigures figures) => new(MeasuresReply.Rate(figures.ConversionRate), figures.Orders, figures.Visitors);
}

/// <summary>Sessions that began in the period. Rates are parts of the sessions; null where there are none.</summary>
internal sealed record VisitsReply(long Sessions, double? BounceRate, double? EngagedRate, double? PagesPerSession, double? MeanSeconds)
{
    /// <summary>Figures of sessions; null stands for none.</summary>
    public static VisitsReply Of(SessionFigures? figures)
    {
        return figures is { Sessions: > 0 } some
            ? new(some.Sessions, Per(some.Bounces), Per(some.Engaged), Per(some.PageViews), Per(some.Duration.TotalSeconds))
            : new(0, null, null, null, null);

        double? Per(double sum) => MeasuresReply.Rate(sum / figures.Sessions);
    }
}

/// <summary>The traffic of a period as a whole.</summary>
internal sealed record TrafficTotalsReply(
    long Views, long PageViews, long ProductViews, long Visitors, ConversionReply Conversion, decimal? Revenue, long? RevenueMinor, VisitsReply Sessions)
{
    /// <summary>Figures in the tenant's currency.</summary>
    public static TrafficTotalsReply Of(TrafficFigures figures, VisitsReply sessions, string currency) => new(
        figures.Views,
        figures.PageViews,
        figures.ProductViews,
        figures.Visitors,
        ConversionReply.Of(figures),
        Currencies.Major(figures.Revenue, currency),
        figures.Revenue,
        sessions);
}

/// <summary>The traffic of one channel, country or device; the value is null where it is not known. Sessions are told apart by channel only.</summary>
internal sealed record TrafficPartReply(
    string? Value,
    long Views,
    long Visitors,
    double Share,
    double? VisitorsChange,
    ConversionReply Conversion,
    decimal? Revenue,
    long? RevenueMinor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VisitsReply? Sessions,
    string? Events)
{
    /// <summary>Figures of a part; the share is of all visitors, and shares add up to more than 1 where somebody came by several.</summary>
    public static TrafficPartReply Of(TrafficFigures figures, long allVisitors, double? change, VisitsReply? sessions, string currency) => new(
        figures.Value.Length == 0 ? null : figures.Value,
        figures.Views,
        figures.Visitors,
        allVisitors == 0 ? 0 : MeasuresReply.Rate((double)figures.Visitors / allVisitors)!.Value,
        MeasuresReply.Rate(change),
        ConversionReply.Of(figures),
        Currencies.Major(figures.Revenue, currency),
        figures.Revenue,
        sessions,
        Events: null);
}

/// <summary>The period compared with, and the change of each figure: 0.1 for a tenth more; null where there was nothing before.</summary>
internal sealed record TrafficCompareReply(string Mode, DateTimeOffset Start, DateTimeOffset End, TrafficTotalsReply Totals, IReadOnlyDictionary<string, double?> Change)
{
    /// <summary>The comparison.</summary>
    public static TrafficCompareReply Of(string mode, TimeRange range, TrafficTotalsReply now, TrafficTotalsReply then) => new(mode, range.Start, range.End, then, new Dictionary<string, double?>
    {
        ["views"] = Of(now.Views, then.Views),
        ["visitors"] = Of(now.Visitors, then.Visitors),
        ["conversion_rate"] = Of(now.Conversion.Rate, then.Conversion.Rate),
        ["orders"] = Of(now.Conversion.Orders, then.Conversion.Orders),
        ["revenue"] = Of(now.RevenueMinor, then.RevenueMinor),
        ["sessions"] = Of(now.Sessions.Sessions, then.Sessions.Sessions),
        ["bounce_rate"] = Of(now.Sessions.BounceRate, then.Sessions.BounceRate),
        ["mean_seconds"] = Of(now.Sessions.MeanSeconds, then.Sessions.MeanSeconds),
    });

    private static double? Of(double? now, double? then) => MeasuresReply.Rate(Measures.Change(now, then));
}
