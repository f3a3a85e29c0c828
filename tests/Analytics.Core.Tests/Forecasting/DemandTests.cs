using Analytics.Core.Forecasting;

namespace Analytics.Core.Tests.Forecasting;

public sealed class DemandTests
{
    [Theory]
    [InlineData(new long[] { 1, 1, 1, 0 }, true)]
    [InlineData(new long[] { 1, 1, 1, 1, 0 }, false)]
    [InlineData(new long[] { 0, 0 }, false)]
    public void Demand_is_intermittent_from_a_mean_distance_of_1_32_days_on(long[] units, bool isIntermittent) => Assert.Equal(isIntermittent, new DailyDemand(units).IsIntermittent);

    [Fact]
    public void The_variance_is_that_of_a_sample()
    {
        Assert.Equal(4, new DailyDemand([1, 3, 5]).Variance);
        Assert.Null(new DailyDemand([1]).Variance);
        Assert.Null(new DailyDemand([]).Velocity);
    }

    [Fact]
    public void Each_day_without_demand_makes_it_less_likely_and_leaves_its_size()
    {
        var one = IntermittentDemand.Of(new([0, 4]));
        var later = IntermittentDemand.Of(new([0, 4, 0, 0]));

        Assert.Equal((0.5, 4), (one.Probability, one.Size));
        Assert.Equal((0.5 * 0.9 * 0.9, 4), (later.Probability, later.Size));
        Assert.Equal(0, IntermittentDemand.Of(new([0, 0])).Rate);
    }

    [Fact]
    public void The_season_is_last_years_two_weeks_over_the_two_weeks_before_them() =>
        Assert.Equal(new(1.5, SeasonOf.Product), Seasonality.From((20, 30), (1_000, 1_000)));

    [Fact]
    public void The_season_of_a_product_that_sold_little_last_year_is_the_sellers() =>
        Assert.Equal(new(2, SeasonOf.Seller), Seasonality.From((1, 20), (100, 200)));

    [Fact]
    public void Without_a_year_of_history_the_factor_is_1_and_marked()
    {
        Assert.Equal(new(1, SeasonOf.Nobody), Seasonality.From((0, 0), (0, 0)));

        // Sales began in that period: there is nothing to compare it with.
        Assert.Equal(new(1, SeasonOf.Nobody), Seasonality.From((0, 500), (0, 500)));
    }

    [Theory]
    [InlineData(10, 1_000, 4)]
    [InlineData(1_000, 10, 0.25)]
    public void One_year_says_no_more_than_four_times_as_much_or_a_quarter(long before, long period, double factor) =>
        Assert.Equal(factor, Seasonality.From((before, period), (0, 0)).Factor);
}
