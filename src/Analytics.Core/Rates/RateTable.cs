namespace Analytics.Core.Rates;

/// <summary>The rates of currencies, day by day. Never changes; any thread.</summary>
public sealed class RateTable
{
    /// <summary>What rates are told against, as the European Central Bank publishes them. Its own rate is 1 on every day.</summary>
    public const string Base = "EUR";

    private readonly Dictionary<string, Series> _series;

    private RateTable(Dictionary<string, Series> series) => _series = series;

    /// <summary>A table without a rate.</summary>
    public static RateTable Empty { get; } = new([]);

    /// <summary>The table of these rates, in any order; one for each currency and day.</summary>
    public static RateTable Of(IEnumerable<CurrencyRate> rates) => new(rates
        .GroupBy(rate => rate.Currency, StringComparer.Ordinal)
        .ToDictionary(
            group => group.Key,
            group =>
            {
                CurrencyRate[] ordered = [.. group.OrderBy(rate => rate.Day)];
                return new Series([.. ordered.Select(rate => rate.Day)], [.. ordered.Select(rate => rate.Rate)]);
            },
            StringComparer.Ordinal));

    /// <summary>The rate of a day, else of the last day before it that has one; null where that lies further back than may be.</summary>
    /// <param name="currency">The currency.</param>
    /// <param name="day">The day.</param>
    /// <param name="mostDaysBack">How far back: week-ends and holidays have no rates.</param>
    public decimal? On(string currency, DateOnly day, int mostDaysBack)
    {
        if (currency == Base)
        {
            return 1;
        }

        if (!_series.TryGetValue(currency, out var series))
        {
            return null;
        }

        var found = Array.BinarySearch(series.Days, day);
        var last = found >= 0 ? found : ~found - 1;
        return last >= 0 && day.DayNumber - series.Days[last].DayNumber <= mostDaysBack ? series.Rates[last] : null;
    }

    private sealed record Series(DateOnly[] Days, decimal[] Rates);
}
