using System.Globalization;
using Analytics.Core.Rates;

namespace Analytics.Core.Tests.Rates;

public sealed class ConversionTests
{
    private static readonly DateOnly Friday = new(2026, 11, 6);

    private static readonly RateTable Table = RateTable.Of([new(Friday, "USD", 1.25m), new(Friday, "JPY", 200m), new(Friday, "KWD", 0.4m), new(Friday.AddDays(3), "USD", 1.6m)]);

    // What a minor unit is worth in minor units of the other: cents, yen without decimals, fils of which a dinar has a thousand.
    [Theory]
    [InlineData("1.25", "USD", "1", "EUR", "0.8")]
    [InlineData("1", "EUR", "1.25", "USD", "1.25")]
    [InlineData("200", "JPY", "1", "EUR", "0.5")]
    [InlineData("1", "EUR", "200", "JPY", "2")]
    [InlineData("0.4", "KWD", "1", "EUR", "0.25")]
    [InlineData("1", "EUR", "0.4", "KWD", "4")]
    [InlineData("200", "JPY", "0.4", "KWD", "2")]
    [InlineData("3", "USD", "1", "EUR", "0.333333333333")]
    [InlineData("1.5", "USD", "1", "EUR", "0.666666666667")]
    public void A_factor_is_of_minor_units_and_has_twelve_decimals(string from, string fromCurrency, string to, string toCurrency, string factor) =>
        Assert.Equal((long)(Number(factor) * 1_000_000_000_000m), Conversion.Factor(Number(from), fromCurrency, Number(to), toCurrency));

    [Theory]
    [InlineData("1000000000", "USD", "0.0001", "EUR")]
    [InlineData("0.000001", "USD", "1000000000", "EUR")]
    public void A_factor_of_which_nothing_would_be_left_or_that_64_bits_do_not_hold_is_none(string from, string fromCurrency, string to, string toCurrency) =>
        Assert.Null(Conversion.Factor(Number(from), fromCurrency, Number(to), toCurrency));

    [Fact]
    public void Every_day_from_the_first_amount_to_the_last_has_its_factor()
    {
        var conversion = Conversion.Of(Table, "EUR", [("USD", Friday.AddDays(3)), ("USD", Friday), ("JPY", Friday.AddDays(1))], 7);

        Assert.Equal((Friday, "EUR"), (conversion.First, conversion.Currency));
        Assert.Equal(["JPY", "USD"], conversion.Foreign.Select(foreign => foreign.Currency));
        Assert.Equal([500_000_000_000, 500_000_000_000, 500_000_000_000, 500_000_000_000], conversion.Foreign[0].Factors);
        Assert.Equal([800_000_000_000, 800_000_000_000, 800_000_000_000, 625_000_000_000], conversion.Foreign[1].Factors);
        Assert.Empty(conversion.Missing);
    }

    [Fact]
    public void A_rate_that_is_missing_is_told_with_the_days_that_have_amounts_and_its_factor_is_0()
    {
        var conversion = Conversion.Of(Table, "EUR", [("GBP", Friday.AddDays(2)), ("GBP", Friday), ("USD", Friday)], 7);

        var missing = Assert.Single(conversion.Missing);
        Assert.Equal("GBP", missing.Currency);
        Assert.Equal([Friday, Friday.AddDays(2)], missing.Days);
        Assert.Equal([0, 0, 0], conversion.Foreign[0].Factors);
    }

    [Fact]
    public void The_rate_of_the_reporting_currency_may_be_the_missing_one()
    {
        var conversion = Conversion.Of(Table, "USD", [("EUR", Friday.AddDays(-1))], 7);

        var missing = Assert.Single(conversion.Missing);
        Assert.Equal("USD", missing.Currency);
        Assert.Equal([Friday.AddDays(-1)], missing.Days);
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
