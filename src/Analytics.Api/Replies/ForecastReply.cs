using Analytics.Api.Questions;
using Analytics.Core.Forecasting;

namespace Analytics.Api.Replies;

/// <summary>When stocks will be sold out, the soonest first.</summary>
internal sealed record ForecastReply(
    long Tenant,
    string Name,
    DateOnly AsOf,
    string TimeZone,
    int ProductCount,
    int LowStockCount,
    int ProductsWithoutStock,
    IReadOnlyList<StockForecastReply> Products,
    string? Next,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>The forecast of one product. Rates are pieces a day; the interval holds the day in 95 of 100 cases.</summary>
internal sealed record StockForecastReply(
    string ProductId,
    string? Title,
    long Stock,
    string Method,
    long UnitsSold,
    int DaysInStock,
    double? Velocity,
    SeasonReply Seasonality,
    double DailyRate,
    double? DaysUntilStockout,
    DateOnly? PredictedStockoutDate,
    DateOnly? EarliestStockoutDate,
    DateOnly? LatestStockoutDate,
    bool LowStock)
{
    /// <summary>A forecast, counted from a day.</summary>
    public static StockForecastReply Of(ProductForecast product, DateOnly today)
    {
        var forecast = product.Forecast;
        return new(
            product.ProductId,
            product.Title.Length > 0 ? product.Title : null,
            forecast.Stock,
            NameOf(forecast.Method),
            forecast.Units,
            forecast.DaysInStock,
            MeasuresReply.Rate(forecast.Velocity),
            new(MeasuresReply.Rate(forecast.Season.Factor)!.Value, NameOf(forecast.Season.Of)),
            MeasuresReply.Rate(forecast.DailyRate)!.Value,
            MeasuresReply.Rate(forecast.Days),
            StockForecast.DateOf(today, forecast.Days),
            StockForecast.DateOf(today, forecast.Earliest),
            StockForecast.DateOf(today, forecast.Latest),
            forecast.IsLow);
    }

    private static string NameOf(ForecastMethod method) => method switch
    {
        ForecastMethod.None => "none",
        ForecastMethod.Velocity => "velocity",
        ForecastMethod.Intermittent => "tsb",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Not a method."),
    };

    private static string NameOf(SeasonOf of) => of switch
    {
        SeasonOf.Nobody => "none",
        SeasonOf.Product => "product",
        SeasonOf.Seller => "seller",
        _ => throw new ArgumentOutOfRangeException(nameof(of), of, "Not one of whom figures are."),
    };
}

/// <summary>The factor of the season, and of whom last year's figures are: product, seller, or none, and then the factor is 1.</summary>
internal sealed record SeasonReply(double Factor, string Of);
