namespace Analytics.Core.Forecasting;

/// <summary>On which days a product could be bought.</summary>
public static class StockCalendar
{
    /// <summary>
    /// The days, in order, on which the product was in stock at some moment: a level above nothing was told on the day, or was the last one told before it; and those on
    /// which it sold. Before the first level it counts as in stock from its first sale on, as not to know the stock is not to have none.
    /// </summary>
    /// <param name="levels">The levels told, by day; the one of the day before <paramref name="first"/> stands for all before.</param>
    /// <param name="sold">Pieces sold by day.</param>
    /// <param name="first">The first day.</param>
    /// <param name="days">How many.</param>
    public static IEnumerable<int> DaysInStock(IReadOnlyList<StockDay> levels, IReadOnlyDictionary<int, long> sold, int first, int days)
    {
        long? level = null;
        var (next, hasSold) = (0, false);
        for (var day = first; day < first + days; day++)
        {
            while (next < levels.Count && levels[next].Day < day)
            {
                level = levels[next++].Last;
            }

            var isTold = next < levels.Count && levels[next].Day == day;
            var isSold = sold.GetValueOrDefault(day) > 0;
            hasSold |= isSold;
            if (isSold || level > 0 || (isTold && levels[next].Most > 0) || (level is null && !isTold && hasSold))
            {
                yield return day;
            }
        }
    }
}

/// <summary>The levels that were told on one day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Most">The highest.</param>
/// <param name="Last">The last.</param>
public readonly record struct StockDay(int Day, long Most, long Last);
