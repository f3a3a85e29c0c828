using Analytics.Api.Replies;
using Analytics.Core.Listings;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Sellers;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers how good the listings are, and what would make them better.</summary>
internal sealed class ListingsAnswer(StockQueries stock, Completeness completeness, TimeProvider time)
{
    private const int UsualLimit = 100;
    private const int MostLimit = 1_000;

    /// <summary>The worst listings.</summary>
    public async Task<ListingsReply> OfAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var limit = SellerQuestion.LimitOf(query, UsualLimit, MostLimit);
        var scores = await AllAsync(tenant, cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            tenant.Currency,
            scores.Count,
            scores.Count == 0 ? null : Math.Round(scores.Average(one => one.Score), 1),
            [.. scores.Take(limit).Select(one => ListingReply.Of(one))],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "clickhouse");
    }

    /// <summary>All listings, the worst first.</summary>
    public async Task<IReadOnlyList<ListingScore>> AllAsync(Tenant tenant, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var scope = new FigureScope(tenant.Id, new TimeRange(now, now), Period.ZoneOf(tenant), tenant.Currency);
        var listings = await stock.ListingsAsync(scope, cancel).ConfigureAwait(false);
        return [.. listings.Select(ListingScore.Of).OrderBy(one => one.Score).ThenBy(one => one.Listing.ProductId, StringComparer.Ordinal)];
    }
}
