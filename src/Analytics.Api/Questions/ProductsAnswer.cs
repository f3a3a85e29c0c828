using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Sellers;

namespace Analytics.Api.Questions;

/// <summary>Answers which products sell.</summary>
internal sealed class ProductsAnswer(ProductQueries products, Completeness completeness, Provenance provenance)
{
    private const int UsualLimit = 20;
    private const int MostLimit = 1_000;

    /// <summary>The products asked for.</summary>
    public async Task<ProductsReply> OfAsync(SellerQuestion question, IQueryCollection query, CancellationToken cancel)
    {
        var sort = SortOf(query);
        var (mode, before) = BeforeOf(question);
        var ledger = provenance.OfAsync(question.Tenant.Id, question.Scope.Range.WholeMinutes(), cancel);
        var ranking = await products.RankAsync(question.Scope, before, OrderOf(sort), SellerQuestion.LimitOf(query, UsualLimit, MostLimit), cancel).ConfigureAwait(false);
        var tenant = question.Tenant;
        return new(
            tenant.Id,
            tenant.Name,
            question.Range.Start,
            question.Range.End,
            tenant.TimeZone,
            tenant.Currency,
            sort,
            ranking.Count,
            Currencies.Major(ranking.Revenue, tenant.Currency),
            [.. ranking.Products.Select(product => ProductReply.Of(product, ranking.Revenue, tenant.Currency) with { Events = SellerEvents.OfProduct(question, product.ProductId) })],
            new(HistoryQuestion.NameOf(mode), before.Start, before.End),
            RatesReply.Of(ranking.Conversion),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            await ledger.ConfigureAwait(false),
            Approximate: null,
            Source: "clickhouse");
    }

    /// <summary>All of them, for exports.</summary>
    public IAsyncEnumerable<ProductFigures> AllAsync(SellerQuestion question, IQueryCollection query, CancellationToken cancel) =>
        products.AllAsync(question.Scope, BeforeOf(question).Range, OrderOf(SortOf(query)), cancel);

    private static (ComparisonMode Mode, TimeRange Range) BeforeOf(SellerQuestion question)
    {
        var mode = question.Compare ?? ComparisonMode.PreviousPeriod;
        return (mode, ComparisonRange.Of(mode, question.Range, question.Zone, question.Now));
    }

    private static string SortOf(IQueryCollection query) => query["sort"].ToString() is { Length: > 0 } text ? text : "revenue";

    private static ProductOrder OrderOf(string text) => text switch
    {
        "revenue" => ProductOrder.Revenue,
        "units" => ProductOrder.Units,
        "orders" => ProductOrder.Orders,
        "views" => ProductOrder.Views,
        "conversion" => ProductOrder.Conversion,
        "growth" => ProductOrder.Growth,
        "decline" => ProductOrder.Decline,
        "slow" => ProductOrder.Slow,
        _ => throw Problem.Invalid("sort", $"Expected revenue, units, orders, views, conversion, growth, decline or slow; found '{text}'."),
    };
}
