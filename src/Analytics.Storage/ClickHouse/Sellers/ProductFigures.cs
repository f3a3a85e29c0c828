using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>By what products are ranked; the best comes first.</summary>
public enum ProductOrder
{
    /// <summary>Revenue.</summary>
    Revenue,

    /// <summary>Pieces sold.</summary>
    Units,

    /// <summary>Order lines.</summary>
    Orders,

    /// <summary>Views.</summary>
    Views,

    /// <summary>Order lines over views.</summary>
    Conversion,

    /// <summary>Revenue more than before, the largest gain first.</summary>
    Growth,

    /// <summary>Revenue less than before, the largest loss first.</summary>
    Decline,

    /// <summary>In stock, the least part of it sold first.</summary>
    Slow,
}

/// <summary>The figures of one product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Latest title of its listing; empty when none is known.</param>
/// <param name="Revenue">Minor units; null where a rate is missing.</param>
/// <param name="Units">Pieces sold.</param>
/// <param name="Orders">Order lines placed.</param>
/// <param name="Views">Events named product_view, or page_view with the product.</param>
/// <param name="RevenueBefore">Revenue of the period compared with; null where a rate is missing.</param>
/// <param name="UnitsBefore">Pieces sold in it.</param>
/// <param name="AbcClass">A, B or C: in the order of revenue, before 80 %, before 95 % and after; null while the revenue of some product is unknown.</param>
/// <param name="Stock">What is known of its stock; null when no level was told before the end of the period.</param>
public sealed record ProductFigures(
    string ProductId, string Title, long? Revenue, long Units, long Orders, long Views, long? RevenueBefore, long UnitsBefore, string? AbcClass, ProductStock? Stock);

/// <summary>The stock of a product in a period.</summary>
/// <param name="Start">Pieces at the start: the last level before, else the first one told.</param>
/// <param name="Received">Pieces that came in.</param>
/// <param name="End">Pieces at the end.</param>
/// <param name="SellThrough">Sold over what there was to sell, start and received; null where that was nothing.</param>
public sealed record ProductStock(long Start, long Received, long End, double? SellThrough);

/// <summary>The products of a tenant, ranked.</summary>
/// <param name="Products">The best.</param>
/// <param name="Revenue">Revenue of all products, also of those left out: what shares are shares of; null where a rate is missing.</param>
/// <param name="Count">All products that could have been listed.</param>
/// <param name="Conversion">How amounts of other currencies were converted; null where there were none.</param>
public sealed record ProductRanking(IReadOnlyList<ProductFigures> Products, long? Revenue, long Count, Conversion? Conversion = null);
