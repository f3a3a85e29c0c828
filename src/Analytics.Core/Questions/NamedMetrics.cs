namespace Analytics.Core.Questions;

/// <summary>The metrics that have a name: what sellers ask for every day.</summary>
public static class NamedMetrics
{
    private static readonly Property Revenue = Catalogue.Find("revenue")!;
    private static readonly Property Discount = Catalogue.Find("discount")!;
    private static readonly Property Units = Catalogue.Find("units")!;
    private static readonly Property Quantity = Catalogue.Find("quantity")!;

    private static readonly Dictionary<string, Metric> Plain = new Metric[]
    {
        new("events", Subject.Events, null, Measure.Count),
        new("visitors", Subject.Events, null, Measure.Users),
        new("revenue", Subject.Events, "order_placed", Measure.Sum, Revenue),
        new("discount", Subject.Events, "order_placed", Measure.Sum, Discount),
        new("refunds", Subject.Events, "order_refunded", Measure.Sum, Revenue),
        new("orders", Subject.Events, "order_placed", Measure.Count),
        new("cancelled_orders", Subject.Events, "order_cancelled", Measure.Count),
        new("refunded_orders", Subject.Events, "order_refunded", Measure.Count),
        new("units", Subject.Events, "order_placed", Measure.Sum, Units),
        new("customers", Subject.Events, "order_placed", Measure.Users),
        new("page_views", Subject.Events, "page_view", Measure.Count),
        new("product_views", Subject.Events, "product_view", Measure.Count),
        new("add_to_cart", Subject.Events, "add_to_cart", Measure.Count),
        new("checkout_starts", Subject.Events, "checkout_start", Measure.Count),
        new("order_lines", Subject.OrderLines, "placed", Measure.Count),
    }.ToDictionary(metric => metric.Name, StringComparer.Ordinal);

    // An order is one event, but its products stand in its lines: there the same figure is told apart by product.
    private static readonly Dictionary<string, Metric> OfLines = new Metric[]
    {
        new("revenue", Subject.OrderLines, "placed", Measure.Sum, Revenue),
        new("discount", Subject.OrderLines, "placed", Measure.Sum, Discount),
        new("refunds", Subject.OrderLines, "refunded", Measure.Sum, Revenue),
        new("units", Subject.OrderLines, "placed", Measure.Sum, Quantity),
        new("customers", Subject.OrderLines, "placed", Measure.Users),
    }.ToDictionary(metric => metric.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, Formula> Ratios = new(StringComparer.Ordinal)
    {
        ["aov"] = Formula.Parse("revenue / orders"),
        ["conversion_rate"] = Formula.Parse("orders / visitors"),
        ["cart_rate"] = Formula.Parse("add_to_cart / product_views"),
    };

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => Plain.Keys.Concat(Ratios.Keys);

    /// <summary>The ratio of this name, over metrics of a name; null where it is none.</summary>
    public static Formula? Ratio(string name) => Ratios.GetValueOrDefault(name);

    /// <summary>The metric of this name as it can be read where these properties are needed; null where there is none.</summary>
    public static Metric? Find(string name, IReadOnlyCollection<Property> needed)
    {
        if (!Plain.TryGetValue(name, out var metric))
        {
            return null;
        }

        var isOfLines = needed.Any(property => property.Name is "product_id" or "status" or "quantity" or "unit_price")
            && OfLines.TryGetValue(name, out var ofLines) && ofLines.Readable(needed) != Facts.None;
        return isOfLines ? OfLines[name] : metric;
    }
}
