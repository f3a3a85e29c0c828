using System.Globalization;
using Analytics.Core.Rates;

namespace Analytics.Api.Replies;

/// <summary>Which currencies were converted into the tenant's, and which rates there are not: figures that need those are null.</summary>
internal sealed record RatesReply(IReadOnlyList<string> From, IReadOnlyList<MissingRatesReply> Missing)
{
    /// <summary>Of the conversions of an answer; null where all amounts were in the tenant's currency.</summary>
    public static RatesReply? Of(params ReadOnlySpan<Conversion?> conversions)
    {
        var (from, missing) = (new SortedSet<string>(StringComparer.Ordinal), new SortedDictionary<string, SortedSet<DateOnly>>(StringComparer.Ordinal));
        foreach (var conversion in conversions)
        {
            from.UnionWith(conversion?.Foreign.Select(foreign => foreign.Currency) ?? []);
            foreach (var (currency, days) in conversion?.Missing ?? [])
            {
                if (!missing.TryGetValue(currency, out var known))
                {
                    missing.Add(currency, known = []);
                }

                known.UnionWith(days);
            }
        }

        return from.Count == 0 ? null : new([.. from], [.. missing.Select(one => MissingRatesReply.Of(one.Key, one.Value))]);
    }
}

/// <summary>A currency without a rate on some days, of which the first are told, and what to do.</summary>
internal sealed record MissingRatesReply(string Currency, IReadOnlyList<DateOnly> Days, string Detail)
{
    // More say no more.
    private const int MostDays = 31;

    // Where sums keep the currencies beyond those that a chunk tells apart.
    private const string Folded = "__other__";

    /// <summary>The currency and its days.</summary>
    public static MissingRatesReply Of(string currency, IReadOnlyCollection<DateOnly> days)
    {
        var others = days.Count switch { 1 => "", 2 => " and another day", _ => string.Create(CultureInfo.InvariantCulture, $" and {days.Count - 1} other days") };
        var when = days.First().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + others;
        return new(currency, [.. days.Take(MostDays)], currency == Folded
            ? $"The amounts of {when} have more currencies than a chunk tells apart and cannot be converted in sums: ask with \"source\": \"raw\"."
            : $"There is no rate for {currency} on {when}: import it with `analytics rates import`.");
    }
}
