namespace Analytics.Core.Rates;

/// <summary>What a currency was worth on a day.</summary>
/// <param name="Day">The day, of UTC.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Rate">Major units of the currency for one of <see cref="RateTable.Base"/>; positive, at most ten decimals.</param>
public readonly record struct CurrencyRate(DateOnly Day, string Currency, decimal Rate);
