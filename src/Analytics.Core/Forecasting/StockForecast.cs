namespace Analytics.Core.Forecasting;

/// <summary>By what the rate is estimated.</summary>
public enum ForecastMethod
{
    /// <summary>Nothing was asked for in the whole history: no rate.</summary>
    None,

    /// <summary>Pieces of the trailing days over the days in stock.</summary>
    Velocity,

    /// <summary>Demand that comes now and then: <see cref="IntermittentDemand"/>.</summary>
    Intermittent,
}

/// <summary>When a product's stock will be sold out.</summary>
/// <param name="Stock">Pieces in stock.</param>
/// <param name="Method">By what the rate is estimated.</param>
/// <param name="Velocity">Pieces of the trailing days over the days in stock; null without a day in stock.</param>
/// <param name="DaysInStock">Of the trailing days.</param>
/// <param name="Units">Pieces sold in them.</param>
/// <param name="Season">How much more is to come than was.</param>
/// <param name="DailyRate">Pieces a day to come.</param>
/// <param name="Days">Days until the stock is sold out; null where nothing sells, and beyond <see cref="Longest"/>.</param>
/// <param name="Earliest">Days of the lower end of the 95 % interval; null where the variance is not known.</param>
/// <param name="Latest">Days of its upper end; null where it is open, too.</param>
public sealed record StockForecast(
    long Stock, ForecastMethod Method, double? Velocity, int DaysInStock, long Units, Seasonality Season, double DailyRate, double? Days, double? Earliest, double? Latest)
{
    /// <summary>Trailing days over which velocity is measured.</summary>
    public const int TrailingDays = 14;

    /// <summary>Trailing days over which it is judged whether demand comes now and then: 12 weeks have some demands of what sells once a week.</summary>
    public const int HistoryDays = 84;

    /// <summary>Days of stock below which it is low.</summary>
    public const int LowDays = 14;

    /// <summary>Days beyond which nothing is said: ten years.</summary>
    public const double Longest = 3_650;

    // Of the normal distribution, 95 % lie within.
    private const double Z = 1.959964;

    /// <summary>Whether the stock ends within two weeks.</summary>
    public bool IsLow => Days < LowDays;

    /// <summary>The day on which the stock will be sold out, counted from <paramref name="today"/>.</summary>
    public static DateOnly? DateOf(DateOnly today, double? days) => days is { } count ? today.AddDays((int)count) : null;

    /// <summary>
    /// The forecast: by velocity; for what sold nothing in the trailing days, and for what comes now and then in those and in the whole history, as intermittent demand.
    /// </summary>
    /// <param name="stock">Pieces in stock now.</param>
    /// <param name="trailing">The days in stock of the trailing 14.</param>
    /// <param name="history">The days in stock of the trailing 84, which end with those.</param>
    /// <param name="season">How much more is to come.</param>
    public static StockForecast Of(long stock, DailyDemand trailing, DailyDemand history, Seasonality season)
    {
        var method = history.Total == 0 ? ForecastMethod.None
            : trailing.Total == 0 || (trailing.IsIntermittent && history.IsIntermittent) ? ForecastMethod.Intermittent
            : ForecastMethod.Velocity;
        var measured = method switch
        {
            ForecastMethod.Velocity => trailing,
            ForecastMethod.Intermittent => history,
            _ => null,
        };
        var unadjusted = method switch
        {
            ForecastMethod.Velocity => trailing.Velocity!.Value,
            ForecastMethod.Intermittent => IntermittentDemand.Of(history).Rate,
            _ => 0,
        };
        var rate = unadjusted * season.Factor;
        var (earliest, latest) = measured?.Variance is { } variance && rate > 0
            ? Bounds(stock, rate, variance * season.Factor * season.Factor, measured.Days)
            : (null, null);
        return new(stock, method, trailing.Velocity, trailing.Days, trailing.Total, season, rate, Within(stock == 0 ? 0 : rate > 0 ? stock / rate : null), Within(earliest), Within(latest));
    }

    /// <summary>
    /// The days after which the stock may be sold out: those n for which stock lies within z standard errors of the demand of n days. Its mean is n × rate; its
    /// variance n × variance by chance, and n² × variance / days because the rate itself was measured over so many days only.
    /// </summary>
    private static (double? Earliest, double? Latest) Bounds(long stock, double rate, double variance, int days)
    {
        if (stock == 0)
        {
            return (0, 0);
        }

        // (stock − n rate)² = z² (n variance + n² variance / days): a quadratic equation in n.
        var square = (rate * rate) - (Z * Z * variance / days);
        var linear = (2 * stock * rate) + (Z * Z * variance);
        var root = Math.Sqrt(Math.Max(0, (linear * linear) - (4 * square * stock * stock)));

        // The form without cancellation, which holds also where the square vanishes; without a positive square demand may have ended, and the upper end is open.
        return (2.0 * stock * stock / (linear + root), square > 0 ? (linear + root) / (2 * square) : null);
    }

    private static double? Within(double? days) => days <= Longest ? days : null;
}
