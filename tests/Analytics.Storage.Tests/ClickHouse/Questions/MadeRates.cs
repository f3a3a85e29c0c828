using Analytics.Core.Rates;
using Analytics.Storage.Postgres;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>Rates of the working days from 2026-01-01 to 2026-07-01, another one each day; none of GBP.</summary>
internal static class MadeRates
{
    private static readonly Lazy<Task<CurrencyRates>> Shared = new(MakeAsync);

    /// <summary>In a database of their own, for all tests of the process.</summary>
    public static Task<CurrencyRates> SharedAsync() => Shared.Value;

    /// <summary>The rate that holds on a day: on a Saturday and Sunday that of Friday.</summary>
    public static decimal On(string currency, DateOnly day)
    {
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            day = day.AddDays(-1);
        }

        var number = day.DayNumber;
        return currency switch
        {
            "EUR" => 1,
            "USD" => 1.05m + (number % 17 * 0.0137m),
            "JPY" => 160m + (number % 11 * 1.3701m),
            "KWD" => 0.33m + (number % 7 * 0.00417m),
            _ => throw new ArgumentOutOfRangeException(nameof(currency), currency, "Not a currency with rates."),
        };
    }

    /// <summary>An amount of minor units in those of another currency, not rounded yet; the quotient of the rates has twelve decimals.</summary>
    public static decimal Converted(long minor, string from, string to, DateOnly day) =>
        from == to ? minor : minor * Math.Round(On(to, day) / On(from, day) * Unit(to) / Unit(from), 12, MidpointRounding.AwayFromZero);

    private static decimal Unit(string currency) => currency switch { "JPY" => 1, "KWD" => 1_000, _ => 100 };

    private static async Task<CurrencyRates> MakeAsync()
    {
        var source = await PostgresServer.NewMigratedAsync();
        var rates = new CurrencyRates(source, TimeProvider.System);
        var days = Enumerable.Range(0, 181).Select(new DateOnly(2026, 1, 1).AddDays).Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
        await rates.ImportAsync([.. days.SelectMany(day => ((string[])["USD", "JPY", "KWD"]).Select(currency => new CurrencyRate(day, currency, On(currency, day))))]);
        return rates;
    }
}
