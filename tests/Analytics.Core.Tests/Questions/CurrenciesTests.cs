using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class CurrenciesTests
{
    [Theory]
    [InlineData(1234, "USD", "12.34")]
    [InlineData(1234, "JPY", "1234")]
    [InlineData(1234, "KWD", "1.234")]
    [InlineData(-5, "EUR", "-0.05")]
    public void Minor_units_become_major_ones(long minor, string currency, string major) =>
        Assert.Equal(decimal.Parse(major, System.Globalization.CultureInfo.InvariantCulture), Currencies.Major(minor, currency));
}
