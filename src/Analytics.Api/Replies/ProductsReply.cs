using System.Text.Json.Serialization;
using Analytics.Api.Questions;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Sellers;

namespace Analytics.Api.Replies;

/// <summary>The best products of a period.</summary>
internal sealed record ProductsReply(
    long Tenant,
    string Name,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Currency,
    string Sort,
    long ProductCount,
    decimal? Revenue,
    IReadOnlyList<ProductReply> Products,
    ComparedPeriodReply Compare,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RatesReply? Rates,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    LedgerReply? Ledger,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>The period compared with.</summary>
internal sealed record ComparedPeriodReply(string Mode, DateTimeOffset Start, DateTimeOffset End);

/// <summary>One product. Orders are order lines; share is the part of the revenue of all products of the period; share and class are null while a rate is missing.</summary>
internal sealed record ProductReply(
    string ProductId,
    string? Title,
    decimal? Revenue,
    long? RevenueMinor,
    long Units,
    long Orders,
    long Views,
    double? ConversionRate,
    double? Share,
    string? AbcClass,
    ProductTrendReply Trend,
    ProductStockReply? Stock,
    string? Events)
{
    /// <summary>Figures in the tenant's currency.</summary>
    public static ProductReply Of(ProductFigures product, long? allRevenue, string currency) => new(
        product.ProductId,
        product.Title.Length > 0 ? product.Title : null,
        Currencies.Major(product.Revenue, currency),
        product.Revenue,
        product.Units,
        product.Orders,
        product.Views,
        MeasuresReply.Rate(product.Views == 0 ? null : (double)product.Orders / product.Views),
        allRevenue == 0 ? 0 : MeasuresReply.Rate((double?)product.Revenue / allRevenue),
        product.AbcClass,
        new(
            Currencies.Major(product.RevenueBefore, currency),
            MeasuresReply.Rate(Measures.Change(product.Revenue, product.RevenueBefore)),
            product.UnitsBefore,
            MeasuresReply.Rate(Measures.Change(product.Units, product.UnitsBefore))),
        product.Stock is { } stock ? new(stock.Start, stock.Received, stock.End, MeasuresReply.Rate(stock.SellThrough)) : null,
        Events: null);
}

/// <summary>What the product did in the period compared with, and the change since: 0.1 for a tenth more; null where there was nothing before.</summary>
internal sealed record ProductTrendReply(decimal? RevenueBefore, double? RevenueChange, long UnitsBefore, double? UnitsChange);

/// <summary>Pieces at the start and at the end, those that came in, and the part of what there was that has been sold.</summary>
internal sealed record ProductStockReply(long Start, long Received, long End, double? SellThrough);
