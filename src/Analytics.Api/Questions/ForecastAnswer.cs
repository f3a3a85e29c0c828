using System.Globalization;
using Analytics.Api.Replies;
using Analytics.Core.Forecasting;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Sellers;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers when stocks will be sold out, by what sold until the day before.</summary>
internal sealed class ForecastAnswer(StockQueries stock, Completeness completeness, TimeProvider time)
{
    private const int UsualLimit = 100;
    private const int MostLimit = 1_000;

    /// <summary>The forecasts of the products that end soonest, or of those behind a place.</summary>
    public async Task<ForecastReply> OfAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var (limit, after, asked) = (SellerQuestion.LimitOf(query, UsualLimit, MostLimit), RankPlace.Of(query), DayOf(query));
        var page = await PageAsync(tenant, asked, limit, after, cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            page.Today,
            tenant.TimeZone,
            page.Known,
            page.Low,
            page.Unknown,
            [.. page.Forecasts.Select(one => StockForecastReply.Of(one, page.Today))],
            page.Next?.ToString(),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "clickhouse");
    }

    /// <summary>Some forecasts, those that end soonest first, and how many there are. All products are looked at, and no more than the page is held.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="asked">The day to forecast from, with what was known when it began; null for today, with the stock of this moment.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="after">The place behind which they begin; null for the start.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ForecastPage> PageAsync(Tenant tenant, DateOnly? asked, int limit, RankPlace? after, CancellationToken cancel)
    {
        var page = new RankedPage<ProductForecast>(limit, after, one => new(one.Forecast.Days ?? double.MaxValue, -one.Forecast.DailyRate, one.ProductId));
        var (known, low, unknown) = (0, 0, 0);
        var (today, products) = await AllAsync(tenant, asked, cancel).ConfigureAwait(false);
        await foreach (var (forecast, hasSold) in products.ConfigureAwait(false))
        {
            if (forecast is null)
            {
                unknown += hasSold ? 1 : 0;
                continue;
            }

            known++;
            low += forecast.Forecast.IsLow ? 1 : 0;
            page.Add(forecast);
        }

        var (forecasts, next) = page.Take();
        return new(today, forecasts, next, known, low, unknown);
    }

    /// <summary>The day that forecasts are made for, and those of all products of which a stock is known, in order of their ids.</summary>
    public async Task<(DateOnly Today, IAsyncEnumerable<ProductForecast> Forecasts)> EachAsync(Tenant tenant, DateOnly? asked, CancellationToken cancel)
    {
        var (today, products) = await AllAsync(tenant, asked, cancel).ConfigureAwait(false);
        return (today, KnownAsync());

        async IAsyncEnumerable<ProductForecast> KnownAsync()
        {
            await foreach (var (forecast, _) in products.ConfigureAwait(false))
            {
                if (forecast is not null)
                {
                    yield return forecast;
                }
            }
        }
    }

    /// <summary>Reads <c>as_of</c>.</summary>
    public static DateOnly? DayOf(IQueryCollection query) =>
        query["as_of"].ToString() is not { Length: > 0 } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1973 and < 2090 ? day
        : throw Problem.Invalid("as_of", $"Expected a date from 1973 to 2089, such as 2026-11-22; found '{text}'.");

    // Row by row: the forecast, null where no stock is known; and whether it sold in the history.
    private async Task<(DateOnly Today, IAsyncEnumerable<(ProductForecast? Forecast, bool HasSold)> Products)> AllAsync(Tenant tenant, DateOnly? asked, CancellationToken cancel)
    {
        var zone = Period.ZoneOf(tenant);
        var now = time.GetUtcNow();
        var today = asked ?? DateOnly.FromDateTime(ZonedTime.Local(now, zone));
        FigureScope Days(int from, int until) => new(tenant.Id, new(StartOf(today.AddDays(from), zone), StartOf(today.AddDays(until), zone)), zone, tenant.Currency);
        var year = Days(-Seasonality.YearDays - Seasonality.PeriodDays, -Seasonality.YearDays + Seasonality.PeriodDays);
        var history = Days(-StockForecast.HistoryDays, 0);
        var seller = await stock.SoldAsync(year, StartOf(today.AddDays(-Seasonality.YearDays), zone), cancel).ConfigureAwait(false);
        // The stock is that of the moment; what sold is of whole days.
        var products = stock.StocksAsync(history, asked is null ? now : history.Range.End, year.Range, cancel);
        return (today, EachAsync(products, StockQueries.DayOf(history.Range.Start, zone), seller));
    }

    private static async IAsyncEnumerable<(ProductForecast? Forecast, bool HasSold)> EachAsync(IAsyncEnumerable<StockedProduct> products, int first, (long Before, long Period) seller)
    {
        await foreach (var product in products.ConfigureAwait(false))
        {
            yield return (product.Stock is { } pieces ? Forecast(product, pieces, first, seller) : null, product.Units.Keys.Any(day => day >= first));
        }
    }

    private static ProductForecast Forecast(StockedProduct product, long pieces, int first, (long Before, long Period) seller)
    {
        var units = product.Units;
        var history = new List<long>(StockForecast.HistoryDays);
        var trailing = new List<long>(StockForecast.TrailingDays);
        foreach (var day in StockCalendar.DaysInStock(product.Days, units, first, StockForecast.HistoryDays))
        {
            history.Add(units.GetValueOrDefault(day));
            if (day >= first + StockForecast.HistoryDays - StockForecast.TrailingDays)
            {
                trailing.Add(units.GetValueOrDefault(day));
            }
        }

        var forecast = StockForecast.Of(pieces, new(trailing), new(history), Seasonality.From(YearOf(units, first), seller));
        return new(product.ProductId, product.Title, forecast);
    }

    // Pieces of the two weeks before this day a year ago, and of the two that began with it.
    private static (long Before, long Period) YearOf(IReadOnlyDictionary<int, long> units, int first)
    {
        var day = first + StockForecast.HistoryDays - Seasonality.YearDays;
        long Sum(int from) => Enumerable.Range(from, Seasonality.PeriodDays).Sum(one => units.GetValueOrDefault(one));
        return (Sum(day - Seasonality.PeriodDays), Sum(day));
    }

    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone) => ZonedTime.Instant(day.ToDateTime(TimeOnly.MinValue), zone);
}

/// <summary>The forecast of a product.</summary>
internal sealed record ProductForecast(string ProductId, string Title, StockForecast Forecast);

/// <summary>Some forecasts of a tenant, and how many there are.</summary>
/// <param name="Today">The day that they are made for.</param>
/// <param name="Forecasts">Those that end soonest first.</param>
/// <param name="Next">Behind which the next ones begin; null at the end.</param>
/// <param name="Known">Products of which a stock is known.</param>
/// <param name="Low">Those of them that end within two weeks.</param>
/// <param name="Unknown">Products that sold and of which no stock is known.</param>
internal sealed record ForecastPage(DateOnly Today, IReadOnlyList<ProductForecast> Forecasts, RankPlace? Next, int Known, int Low, int Unknown);
