namespace Analytics.Worker.Windowing;

/// <summary>The event names that live figures are about.</summary>
internal enum LiveName : byte
{
    /// <summary>Not looked at yet.</summary>
    Unknown,

    /// <summary>Only counted as an event.</summary>
    Other,

    /// <summary>page_view.</summary>
    PageView,

    /// <summary>add_to_cart.</summary>
    AddToCart,

    /// <summary>checkout_start.</summary>
    CheckoutStart,

    /// <summary>order_placed.</summary>
    OrderPlaced,

    /// <summary>order_refunded.</summary>
    OrderRefunded,
}

/// <summary>Tells which live figures an event name adds to.</summary>
internal static class LiveNames
{
    /// <summary>The kind of a name; never <see cref="LiveName.Unknown"/>.</summary>
    public static LiveName Parse(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("page_view"u8) ? LiveName.PageView
        : name.SequenceEqual("add_to_cart"u8) ? LiveName.AddToCart
        : name.SequenceEqual("checkout_start"u8) ? LiveName.CheckoutStart
        : name.SequenceEqual("order_placed"u8) ? LiveName.OrderPlaced
        : name.SequenceEqual("order_refunded"u8) ? LiveName.OrderRefunded
        : LiveName.Other;
}
