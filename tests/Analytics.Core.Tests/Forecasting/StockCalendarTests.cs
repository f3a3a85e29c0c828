using Analytics.Core.Forecasting;

namespace Analytics.Core.Tests.Forecasting;

public sealed class StockCalendarTests
{
    private static readonly Dictionary<int, long> Nothing = [];

    [Fact]
    public void A_level_holds_until_the_next_one() =>
        Assert.Equal([10, 11, 12, 15], Days([new(9, 5, 5), new(12, 3, 0), new(15, 8, 8)], Nothing, days: 6));

    [Fact]
    public void A_day_on_which_it_was_in_stock_at_some_moment_counts() =>
        Assert.Equal([11], Days([new(9, 0, 0), new(11, 4, 0)], Nothing));

    [Fact]
    public void A_day_on_which_it_sold_counts_whatever_the_level_says() =>
        Assert.Equal([12], Days([new(9, 0, 0)], new() { [12] = 1 }));

    [Fact]
    public void Before_the_first_level_it_counts_as_in_stock_from_its_first_sale_on() =>
        Assert.Equal([11, 12], Days([new(13, 0, 0)], new() { [11] = 1 }));

    [Fact]
    public void Before_anything_was_heard_of_it_no_day_counts() =>
        Assert.Equal([13], Days([new(13, 2, 2)], Nothing));

    private static IEnumerable<int> Days(StockDay[] levels, Dictionary<int, long> sold, int days = 4) => StockCalendar.DaysInStock(levels, sold, 10, days);
}
