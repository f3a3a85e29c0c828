using Analytics.Core.Forecasting;

namespace Analytics.Core.Tests.Forecasting;

public sealed class StockForecastTests
{
    // 14 days in stock: seven of 2 and seven of 4; mean 3, variance 14 × 1² / 13.
    private static readonly DailyDemand Steady = new([.. Enumerable.Range(0, 14).Select(day => day % 2 == 0 ? 2L : 4L)]);

    [Fact]
    public void Velocity_is_pieces_over_days_in_stock_as_a_day_without_stock_is_not_zero_demand()
    {
        // Sold out for ten of the 14 days: 12 pieces in 4 days are 3 a day, not 0.86.
        var forecast = StockForecast.Of(30, new([2, 4, 2, 4]), new([2, 4, 2, 4]), Seasonality.Unknown);

        Assert.Equal((ForecastMethod.Velocity, 3.0, 4, 12), (forecast.Method, forecast.Velocity, forecast.DaysInStock, forecast.Units));
        Assert.Equal((3.0, 10.0), (forecast.DailyRate, forecast.Days));
    }

    [Fact]
    public void Days_until_the_stock_is_out_are_stock_over_the_adjusted_rate()
    {
        var forecast = StockForecast.Of(90, Steady, Steady, new(1.5, SeasonOf.Product));

        Assert.Equal((4.5, 20.0), (forecast.DailyRate, forecast.Days));
        Assert.Equal(new DateOnly(2026, 12, 12), StockForecast.DateOf(new(2026, 11, 22), forecast.Days));
    }

    [Fact]
    public void The_interval_comes_of_the_variance_of_demand_and_of_how_long_it_was_measured()
    {
        // By hand: μ 3, s² 14/13 = 1.076923, z² 3.841459, m 14, S 90.
        // square = 9 − 3.841459 × 1.076923 / 14 = 8.704503; linear = 540 + 4.136956 = 544.136956; root² = 296085.027 − 4 × 8.704503 × 8100 = 14059.13.
        // root = 118.571; earliest = 2 × 8100 / (544.137 + 118.571) = 24.445; latest = (544.137 + 118.571) / 17.409006 = 38.067.
        var forecast = StockForecast.Of(90, Steady, Steady, Seasonality.Unknown);

        Assert.Equal(24.445, forecast.Earliest!.Value, 0.001);
        Assert.Equal(38.067, forecast.Latest!.Value, 0.001);
        Assert.InRange(forecast.Days!.Value, forecast.Earliest.Value, forecast.Latest.Value);
    }

    [Fact]
    public void The_interval_holds_the_day_in_about_95_of_100_simulated_shops()
    {
        var random = new Random(7);
        long[] Draw(int days) => [.. Enumerable.Range(0, days).Select(_ => (long)random.Next(1, 10))];
        var held = 0;
        for (var shop = 0; shop < 2_000; shop++)
        {
            var seen = new DailyDemand(Draw(14));
            var forecast = StockForecast.Of(100, seen, seen, Seasonality.Unknown);
            var (left, day) = (100L, 0);
            for (; left > 0; day++)
            {
                left -= random.Next(1, 10);
            }

            // The stock ended during the last day: between day − 1 and day.
            held += day >= forecast.Earliest && day - 1 <= (forecast.Latest ?? double.MaxValue) ? 1 : 0;
        }

        Assert.InRange(held / 2_000.0, 0.92, 0.99);
    }

    [Fact]
    public void Without_chance_the_interval_is_the_day_itself()
    {
        var even = new DailyDemand([3, 3, 3, 3]);
        var forecast = StockForecast.Of(30, even, even, Seasonality.Unknown);

        Assert.Equal((10.0, 10.0), (forecast.Earliest!.Value, forecast.Latest!.Value));
    }

    [Fact]
    public void Of_one_day_nothing_is_known_of_the_variance() =>
        Assert.Equal((5.0, null, null), Ends(StockForecast.Of(15, new([3]), new([3]), Seasonality.Unknown)));

    [Fact]
    public void The_end_of_the_interval_is_open_where_demand_may_as_well_have_ended()
    {
        // Mean 2, variance (3 × 2² + 6²) / 3 = 16: 4 − 3.84 × 16 / 4 is below nothing.
        var forecast = StockForecast.Of(100, new([0, 0, 0, 8]), new([8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 0, 0, 0, 8]), Seasonality.Unknown);

        Assert.Equal((ForecastMethod.Velocity, 50.0), (forecast.Method, forecast.Days));
        Assert.True(forecast.Earliest is > 0 and < 50);
        Assert.Null(forecast.Latest);
    }

    [Fact]
    public void What_nobody_buys_is_never_sold_out() =>
        Assert.Equal((null, null, null), Ends(StockForecast.Of(15, new([0, 0]), new([0, 0, 0]), Seasonality.Unknown)));

    [Fact]
    public void What_is_sold_out_already_is_sold_out_today()
    {
        var forecast = StockForecast.Of(0, Steady, Steady, Seasonality.Unknown);

        Assert.Equal((0.0, 0.0, 0.0), Ends(forecast));
        Assert.True(forecast.IsLow);
    }

    [Theory]
    [InlineData(41, true)]
    [InlineData(42, false)]
    public void Stock_that_ends_within_14_days_is_low(long stock, bool isLow) => Assert.Equal(isLow, StockForecast.Of(stock, Steady, Steady, Seasonality.Unknown).IsLow);

    [Fact]
    public void Beyond_ten_years_nothing_is_said() => Assert.Equal((null, null, null), Ends(StockForecast.Of(1_000_000, Steady, Steady, Seasonality.Unknown)));

    [Fact]
    public void What_sells_now_and_then_is_forecast_by_TSB_over_its_whole_history()
    {
        var history = new DailyDemand([0, 0, 0, 0, 10, 0, 0, 0, 0, 5]);
        var forecast = StockForecast.Of(20, new([0, 5]), history, Seasonality.Unknown);

        // By hand: probability 1/5, then four days without: 0.2 × 0.9⁴ = 0.13122, then one with: 0.13122 + 0.1 × 0.86878 = 0.218098; size 10 − 0.5 = 9.5.
        Assert.Equal(ForecastMethod.Intermittent, forecast.Method);
        Assert.Equal(0.218098 * 9.5, forecast.DailyRate, 1e-9);
        Assert.Equal(20 / (0.218098 * 9.5), forecast.Days!.Value, 1e-9);
    }

    [Fact]
    public void What_has_begun_to_sell_every_day_is_forecast_by_its_velocity() =>
        Assert.Equal(ForecastMethod.Velocity, StockForecast.Of(20, new([2, 2, 2]), new([0, 0, 0, 0, 0, 0, 2, 2, 2]), Seasonality.Unknown).Method);

    [Fact]
    public void What_sold_nothing_in_two_weeks_keeps_the_rate_of_before_on_the_wane()
    {
        var forecast = StockForecast.Of(20, new([0, 0]), new([4, 4, 0, 0]), Seasonality.Unknown);

        Assert.Equal(ForecastMethod.Intermittent, forecast.Method);
        Assert.Equal(4 * 0.9 * 0.9, forecast.DailyRate, 1e-9);
    }

    private static (double? Days, double? Earliest, double? Latest) Ends(StockForecast forecast) => (forecast.Days, forecast.Earliest, forecast.Latest);
}
