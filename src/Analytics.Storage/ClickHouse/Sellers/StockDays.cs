using Analytics.Core.Forecasting;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>What one product's stock was, day by day. Days are counted from 1970, in the tenant's zone.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Latest title of its listing; empty when none is known.</param>
/// <param name="Stock">Pieces at the end.</param>
/// <param name="Days">The days on which a level was told, in order; the first may stand for all before the range, and then only its last level says something.</param>
public sealed record StockDays(string ProductId, string Title, long Stock, IReadOnlyList<StockDay> Days);

/// <summary>What one product sold, on the days on which it sold something.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Units">Pieces by day.</param>
public sealed record SoldDays(string ProductId, IReadOnlyDictionary<int, long> Units);
