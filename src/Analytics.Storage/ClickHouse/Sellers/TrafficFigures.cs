using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>What visits are told apart by.</summary>
public enum TrafficPart
{
    /// <summary>Nothing: all of them.</summary>
    All,

    /// <summary>Channel.</summary>
    Source,

    /// <summary>Country.</summary>
    Country,

    /// <summary>Device.</summary>
    Device,
}

/// <summary>Who came, what was looked at, what came of it.</summary>
/// <param name="Value">The channel, country or device; empty where it is not known, and for all.</param>
/// <param name="Visitors">Distinct users of any event.</param>
/// <param name="PageViews">Events named page_view.</param>
/// <param name="ProductViews">Events named product_view.</param>
/// <param name="Orders">Events named order_placed.</param>
/// <param name="Revenue">Of those, in minor units; null where a rate is missing.</param>
public sealed record TrafficFigures(string Value, long Visitors, long PageViews, long ProductViews, long Orders, long? Revenue)
{
    /// <summary>Page views and product views.</summary>
    public long Views => PageViews + ProductViews;

    /// <summary>Orders over visitors; null where nothing was viewed, as the orders then came from elsewhere.</summary>
    public double? ConversionRate => Views == 0 || Visitors == 0 ? null : (double)Orders / Visitors;

    /// <summary>Nobody came.</summary>
    public static TrafficFigures None { get; } = new("", 0, 0, 0, 0, 0);
}

/// <summary>Traffic of a period.</summary>
/// <param name="All">As a whole.</param>
/// <param name="Parts">By channel, country and device, those with most visitors first.</param>
/// <param name="Sources">The tables that were read, as answers call them.</param>
/// <param name="Conversion">How amounts of other currencies were converted; null where there were none.</param>
public sealed record Traffic(TrafficFigures All, IReadOnlyDictionary<TrafficPart, IReadOnlyList<TrafficFigures>> Parts, IReadOnlyList<string> Sources, Conversion? Conversion = null);
