using System.Text.Json.Serialization;
using Analytics.Core.Questions;

namespace Analytics.Api.Replies;

/// <summary>Figures on the wire: amounts in major units, and exactly in minor ones; null where a rate is missing.</summary>
internal record MeasuresReply(
    decimal? Revenue,
    long? RevenueMinor,
    long? DiscountMinor,
    long? RefundsMinor,
    long Orders,
    long CancelledOrders,
    long RefundedOrders,
    long Units,
    decimal? Aov,
    long Customers,
    long Visitors,
    long PageViews,
    long AddToCart,
    long CheckoutStarts,
    double? ConversionRate)
{
    private const int RateDigits = 6;

    /// <summary>Figures in the tenant's currency.</summary>
    public static MeasuresReply Of(Measures measures, string currency) => new(
        Currencies.Major(measures.Revenue, currency),
        measures.Revenue,
        measures.Discount,
        measures.Refunds,
        measures.Orders,
        measures.CancelledOrders,
        measures.RefundedOrders,
        measures.Units,
        MeanOrder(measures, currency),
        measures.Customers,
        measures.Visitors,
        measures.PageViews,
        measures.AddToCart,
        measures.CheckoutStarts,
        Rate(measures.ConversionRate));

    /// <summary>The mean value of an order in major units.</summary>
    public static decimal? MeanOrder(Measures measures, string currency) =>
        measures.Orders == 0 || Currencies.Major(measures.Revenue, currency) is not { } revenue ? null : Math.Round(revenue / measures.Orders, Currencies.Decimals(currency));

    /// <summary>A ratio, to six digits.</summary>
    public static double? Rate(double? rate) => rate is { } value ? Math.Round(value, RateDigits) : null;
}

/// <summary>The figures of one bucket.</summary>
internal sealed record PointReply : MeasuresReply
{
    private PointReply(DateTimeOffset start, MeasuresReply measures)
        : base(measures) => Start = start;

    /// <summary>Start of the bucket.</summary>
    [JsonPropertyOrder(-1)]
    public DateTimeOffset Start { get; }

    /// <summary>The figures of the bucket that starts then.</summary>
    public static PointReply Of(DateTimeOffset start, Measures measures, string currency) => new(start, MeasuresReply.Of(measures, currency));
}
