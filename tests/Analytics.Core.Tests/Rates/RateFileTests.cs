using Analytics.Core.Rates;

namespace Analytics.Core.Tests.Rates;

public sealed class RateFileTests
{
    [Theory]
    [InlineData("day,currency,rate\n2026-11-03,USD,1.1587\n2026-11-03,JPY,177.25\n")]
    [InlineData("2026-11-03,USD,1.1587\r\n\r\n2026-11-03,JPY,177.25")]
    [InlineData("\ufeffday,currency,rate\n2026-11-03, USD , 1.1587\n2026-11-03,JPY,177.25")]
    public void Lines_are_rates_with_a_header_or_without(string text) =>
        Assert.Equal([new(new(2026, 11, 3), "USD", 1.1587m), new(new(2026, 11, 3), "JPY", 177.25m)], RateFile.Read(new StringReader(text)));

    [Theory]
    [InlineData("", "line 1: Expected lines such as")]
    [InlineData("2026-11-03,USD", "line 1: Expected day,currency,rate such as 2026-11-03,USD,1.1587; found 2 values.")]
    [InlineData("2026-11-03,USD,1,1587", "line 1: Expected day,currency,rate such as 2026-11-03,USD,1.1587; found 4 values.")]
    [InlineData("03.11.2026,USD,1.1587", "line 1: Expected a day such as 2026-11-03; found '03.11.2026'.")]
    [InlineData("2026-02-30,USD,1.1587", "line 1: Expected a day such as 2026-11-03; found '2026-02-30'.")]
    [InlineData("2026-11-03,usd,1.1587", "line 1: Expected an ISO 4217 code such as USD; found 'usd'.")]
    [InlineData("2026-11-03,USD,N/A", "line 1: Expected the units of the currency for 1 EUR")]
    [InlineData("2026-11-03,USD,0", "found '0'.")]
    [InlineData("2026-11-03,USD,-1.2", "found '-1.2'.")]
    [InlineData("2026-11-03,USD,1.12345678901", "at most 10 decimals")]
    [InlineData("2026-11-03,USD,2000000000", "found '2000000000'.")]
    [InlineData("2026-11-03,EUR,0.8631", "line 1: Expected rates against EUR, whose own rate is 1; found 0.8631.")]
    [InlineData("2026-11-03,USD,1.1587\n2026-11-03,USD,1.1588", "line 2: Expected one rate for each currency and day; found another for USD on 2026-11-03 in line 1.")]
    public void A_line_that_is_no_rate_is_told_by_its_number(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidRateFileException>(() => RateFile.Read(new StringReader(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_first_ten_faults_are_told_together()
    {
        var text = string.Join('\n', Enumerable.Range(1, 12).Select(number => number == 2 ? "2026-11-03,USD,1.1587" : "x"));

        var faults = Assert.Throws<InvalidRateFileException>(() => RateFile.Read(new StringReader(text))).Faults;

        Assert.Equal(10, faults.Count);
        Assert.StartsWith("line 11:", faults[^1], StringComparison.Ordinal);
    }
}
