using Analytics.Core.Rates;

namespace Analytics.Core.Tests.Rates;

public sealed class RateTableTests
{
    // A Thursday and a Friday, and the Monday after.
    private static readonly RateTable Table = RateTable.Of(
    [
        new(new(2026, 11, 9), "USD", 1.16m), new(new(2026, 11, 5), "USD", 1.14m), new(new(2026, 11, 6), "USD", 1.15m), new(new(2026, 11, 6), "JPY", 178.5m),
    ]);

    [Theory]
    [InlineData("2026-11-05", "1.14")]
    [InlineData("2026-11-06", "1.15")]
    [InlineData("2026-11-07", "1.15")]
    [InlineData("2026-11-08", "1.15")]
    [InlineData("2026-11-09", "1.16")]
    [InlineData("2026-11-16", "1.16")]
    public void A_day_without_a_rate_has_that_of_the_last_day_before_it(string day, string rate) =>
        Assert.Equal(decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture), Table.On("USD", DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), 7));

    [Theory]
    [InlineData("USD", "2026-11-04", 7)]
    [InlineData("USD", "2026-11-17", 7)]
    [InlineData("USD", "2026-11-07", 0)]
    [InlineData("JPY", "2026-11-14", 7)]
    [InlineData("GBP", "2026-11-06", 7)]
    public void Before_the_first_rate_and_too_long_after_the_last_one_there_is_none(string currency, string day, int back) =>
        Assert.Null(Table.On(currency, DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), back));

    [Fact]
    public void The_base_is_1_on_every_day_even_of_an_empty_table() => Assert.Equal(1, RateTable.Empty.On("EUR", new(1999, 1, 1), 0));
}
