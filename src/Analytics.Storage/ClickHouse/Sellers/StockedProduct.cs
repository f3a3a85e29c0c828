using Analytics.Core.Forecasting;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>What one product's stock was, and what it sold, day by day. Days are counted from 1970, in the tenant's zone.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Latest title of its listing; empty when none is known.</param>
/// <param name="Stock">Pieces at the end; null where no level was ever told.</param>
/// <param name="Days">The days on which a level was told, in order; the first may stand for all before the range, and then only its last level says something.</param>
/// <param name="Units">Pieces that sold, of the days on which some did.</param>
public sealed record StockedProduct(string ProductId, string Title, long? Stock, IReadOnlyList<StockDay> Days, IReadOnlyDictionary<int, long> Units);
