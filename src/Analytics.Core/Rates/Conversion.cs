using System.Numerics;
using Analytics.Core.Questions;

namespace Analytics.Core.Rates;

/// <summary>How amounts of some currencies become amounts of another one, by the rate of each day.</summary>
/// <remarks>
/// A factor is what a minor unit of one currency is worth in minor units of the other, as a whole number of <see cref="One"/>th parts. Amounts and factors have 64 bits, so the
/// sum of amounts × factors, in 128 bits, is exact wherever the sum of the amounts is; it is rounded once, to the minor unit, a half away from zero.
/// </remarks>
/// <param name="Currency">Into which amounts are converted.</param>
/// <param name="First">The first day with factors, of UTC.</param>
/// <param name="Foreign">The other currencies, in the order of their codes.</param>
/// <param name="Missing">The rates that are needed and that there are not, in the order of their codes.</param>
public sealed record Conversion(string Currency, DateOnly First, IReadOnlyList<ForeignCurrency> Foreign, IReadOnlyList<MissingRates> Missing)
{
    /// <summary>The factor of an amount that stays as it is: twelve decimals.</summary>
    public const long One = 1_000_000_000_000;

    /// <summary>The factors of all days from the first amount to the last.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="currency">Into which amounts are converted.</param>
    /// <param name="amounts">Where there are amounts of other currencies; at least one.</param>
    /// <param name="mostDaysBack">How old a rate may be.</param>
    public static Conversion Of(RateTable rates, string currency, IReadOnlyCollection<(string Currency, DateOnly Day)> amounts, int mostDaysBack)
    {
        var (first, last) = (amounts.Min(amount => amount.Day), amounts.Max(amount => amount.Day));
        var missing = new SortedDictionary<string, SortedSet<DateOnly>>(StringComparer.Ordinal);
        foreach (var (foreign, day) in amounts)
        {
            var (from, to) = (rates.On(foreign, day, mostDaysBack), rates.On(currency, day, mostDaysBack));
            if (to is null)
            {
                Miss(currency, day);
            }

            if (from is null || (to is not null && Factor(from.Value, foreign, to.Value, currency) is null))
            {
                Miss(foreign, day);
            }
        }

        return new(
            currency,
            first,
            [.. amounts.Select(amount => amount.Currency).Distinct().Order(StringComparer.Ordinal).Select(foreign => new ForeignCurrency(foreign, FactorsOf(foreign)))],
            [.. missing.Select(one => new MissingRates(one.Key, [.. one.Value]))]);

        void Miss(string code, DateOnly day)
        {
            if (!missing.TryGetValue(code, out var days))
            {
                missing.Add(code, days = []);
            }

            days.Add(day);
        }

        long[] FactorsOf(string foreign) =>
        [
            .. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(offset => first.AddDays(offset)).Select(day =>
                rates.On(foreign, day, mostDaysBack) is { } from && rates.On(currency, day, mostDaysBack) is { } to ? Factor(from, foreign, to, currency) ?? 0 : 0),
        ];
    }

    /// <summary>The factor between two currencies, a half of its last decimal away from zero; null where 64 bits do not hold it, or where nothing would be left.</summary>
    /// <param name="from">Rate of the currency of the amount.</param>
    /// <param name="fromCurrency">The currency of the amount.</param>
    /// <param name="to">Rate of the currency that the amount becomes.</param>
    /// <param name="toCurrency">The currency that the amount becomes.</param>
    public static long? Factor(decimal from, string fromCurrency, decimal to, string toCurrency)
    {
        var shift = Currencies.Decimals(toCurrency) - Currencies.Decimals(fromCurrency);
        var numerator = Scaled(to) * One * BigInteger.Pow(10, Math.Max(shift, 0));
        var denominator = Scaled(from) * BigInteger.Pow(10, Math.Max(-shift, 0));
        var factor = ((2 * numerator) + denominator) / (2 * denominator);
        return factor > 0 && factor <= long.MaxValue ? (long)factor : null;
    }

    // Ten decimals, as the table has.
    private static BigInteger Scaled(decimal rate) => new(rate * 10_000_000_000m);
}

/// <summary>A currency that is converted.</summary>
/// <param name="Currency">Its code, as events have it.</param>
/// <param name="Factors">The factor of each day, from the conversion's first on; 0 where a rate is missing.</param>
public sealed record ForeignCurrency(string Currency, IReadOnlyList<long> Factors);

/// <summary>A currency whose rate is needed and missing.</summary>
/// <param name="Currency">Its code; the reporting currency may be one.</param>
/// <param name="Days">The days, in order.</param>
public sealed record MissingRates(string Currency, IReadOnlyList<DateOnly> Days);
