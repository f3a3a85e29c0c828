namespace Analytics.Core.Questions;

/// <summary>The figures of one stretch of time. Amounts are minor units of the tenant's currency, null where a rate is missing; ratios are derived, never stored.</summary>
public sealed record Measures
{
    /// <summary>A stretch in which nothing happened.</summary>
    public static Measures None { get; } = new();

    /// <summary>Placed orders: sum of quantity × unit price − discount.</summary>
    public long? Revenue { get; init; } = 0;

    /// <summary>Discounts of placed orders.</summary>
    public long? Discount { get; init; } = 0;

    /// <summary>Refunded orders, on the day of the refund; not subtracted from the revenue.</summary>
    public long? Refunds { get; init; } = 0;

    /// <summary>Placed orders.</summary>
    public long Orders { get; init; }

    /// <summary>Cancelled orders, on the day of the cancellation.</summary>
    public long CancelledOrders { get; init; }

    /// <summary>Refunded orders, on the day of the refund.</summary>
    public long RefundedOrders { get; init; }

    /// <summary>Pieces of placed orders.</summary>
    public long Units { get; init; }

    /// <summary>Distinct users who placed an order.</summary>
    public long Customers { get; init; }

    /// <summary>Distinct users of any event.</summary>
    public long Visitors { get; init; }

    /// <summary>Events named page_view.</summary>
    public long PageViews { get; init; }

    /// <summary>Events named add_to_cart.</summary>
    public long AddToCart { get; init; }

    /// <summary>Events named checkout_start.</summary>
    public long CheckoutStarts { get; init; }

    /// <summary>Mean value of an order in minor units; null without orders, and where the revenue is.</summary>
    public double? AverageOrderValue => Orders == 0 ? null : (double?)Revenue / Orders;

    /// <summary>Orders over unique visitors; null without visitors.</summary>
    public double? ConversionRate => Visitors == 0 ? null : (double)Orders / Visitors;

    /// <summary>The change from <paramref name="then"/> to <paramref name="now"/>, 0.1 for a tenth more; null where there was nothing before (not infinite).</summary>
    public static double? Change(double? now, double? then) => now is null || then is null or 0 ? null : (now - then) / then;
}
