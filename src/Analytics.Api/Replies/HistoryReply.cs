using System.Text.Json.Serialization;
using Analytics.Api.Questions;
using Analytics.Core.Questions;

namespace Analytics.Api.Replies;

/// <summary>The figures of a period, as a whole and point by point, and of the period that it is compared with.</summary>
internal sealed record HistoryReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string Granularity,
    string? WeekStart,
    string TimeZone,
    string Currency,
    MeasuresReply Totals,
    IReadOnlyList<PointReply> Points,
    CompareReply? Compare,
    IReadOnlyDictionary<string, string> Events,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    LedgerReply? Ledger,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>The period compared with.</summary>
internal sealed record CompareReply(
    string Mode,
    DateTimeOffset Start,
    DateTimeOffset End,
    MeasuresReply Totals,
    IReadOnlyList<PointReply> Points,
    IReadOnlyDictionary<string, double?> Change)
{
    /// <summary>The change of each measure, 0.1 for a tenth more; null where there was nothing before.</summary>
    public static IReadOnlyDictionary<string, double?> ChangeOf(Measures now, Measures then) => new Dictionary<string, double?>
    {
        ["revenue"] = Of(now.Revenue, then.Revenue),
        ["orders"] = Of(now.Orders, then.Orders),
        ["cancelled_orders"] = Of(now.CancelledOrders, then.CancelledOrders),
        ["refunded_orders"] = Of(now.RefundedOrders, then.RefundedOrders),
        ["units"] = Of(now.Units, then.Units),
        ["aov"] = Of(now.AverageOrderValue, then.AverageOrderValue),
        ["customers"] = Of(now.Customers, then.Customers),
        ["visitors"] = Of(now.Visitors, then.Visitors),
        ["page_views"] = Of(now.PageViews, then.PageViews),
        ["add_to_cart"] = Of(now.AddToCart, then.AddToCart),
        ["checkout_starts"] = Of(now.CheckoutStarts, then.CheckoutStarts),
        ["conversion_rate"] = Of(now.ConversionRate, then.ConversionRate),
    };

    private static double? Of(double? now, double? then) => MeasuresReply.Rate(Measures.Change(now, then));
}
