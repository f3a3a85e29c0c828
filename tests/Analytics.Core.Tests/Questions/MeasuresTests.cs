using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class MeasuresTests
{
    [Theory]
    [InlineData(110.0, 100.0, 0.1)]
    [InlineData(80.0, 100.0, -0.2)]
    [InlineData(5.0, 0.0, null)]
    [InlineData(0.0, 0.0, null)]
    [InlineData(null, 3.0, null)]
    [InlineData(3.0, null, null)]
    public void Change_from_nothing_is_unknown_and_not_infinite(double? now, double? then, double? change) =>
        Assert.Equal(change, Measures.Change(now, then));

    [Fact]
    public void Ratios_without_a_denominator_are_unknown() =>
        Assert.Equal((null, null), (Measures.None.AverageOrderValue, Measures.None.ConversionRate));

    [Fact]
    public void Conversion_is_orders_over_visitors_and_the_mean_order_revenue_over_orders()
    {
        var measures = new Measures { Revenue = 1_000, Orders = 4, Visitors = 50 };

        Assert.Equal((250.0, 0.08), (measures.AverageOrderValue, measures.ConversionRate));
    }
}
