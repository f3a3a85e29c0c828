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

    /// <summary>The worst listings, or those behind a place. All are looked at, and no more than the page is held.</summary>
    public async Task<ListingsReply> OfAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var page = new RankedPage<ListingScore>(SellerQuestion.LimitOf(query, UsualLimit, MostLimit), RankPlace.Of(query), one => new(one.Score, 0, one.Listing.ProductId));
        var (count, sum) = (0, 0.0);
        await foreach (var score in EachAsync(tenant, cancel).ConfigureAwait(false))
        {
            (count, sum) = (count + 1, sum + score.Score);
            page.Add(score);
        }

        var (worst, next) = page.Take();
        return new(
            tenant.Id,
            tenant.Name,
            tenant.Currency,
            count,
            count == 0 ? null : Math.Round(sum / count, 1),
            [.. worst.Select(ListingReply.Of)],
            next?.ToString(),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "clickhouse");
    }

    /// <summary>All listings, in order of their products' ids.</summary>
    public IAsyncEnumerable<ListingScore> EachAsync(Tenant tenant, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return ScoredAsync(stock.ListingsAsync(new FigureScope(tenant.Id, new TimeRange(now, now), Period.ZoneOf(tenant), tenant.Currency), cancel));
    }

    private static async IAsyncEnumerable<ListingScore> ScoredAsync(IAsyncEnumerable<Listing> listings)
    {
        await foreach (var listing in listings.ConfigureAwait(false))
        {
            yield return ListingScore.Of(listing);
        }
    }
}
