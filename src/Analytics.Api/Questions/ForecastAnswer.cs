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

    /// <summary>The forecasts of the products that end soonest.</summary>
    public async Task<ForecastReply> OfAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var limit = SellerQuestion.LimitOf(query, UsualLimit, MostLimit);
        var (today, forecasts, unknown) = await AllAsync(tenant, DayOf(query), cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            today,
            tenant.TimeZone,
            forecasts.Count,
            forecasts.Count(one => one.Forecast.IsLow),
            unknown,
            [.. forecasts.Take(limit).Select(one => StockForecastReply.Of(one, today))],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "clickhouse");
    }

    /// <summary>All forecasts, those that end soonest first; the day they are made for; and how many products sold of which no stock is known.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="asked">The day to forecast from, with what was known when it began; null for today, with the stock of this moment.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<(DateOnly Today, IReadOnlyList<ProductForecast> Forecasts, int Unknown)> AllAsync(Tenant tenant, DateOnly? asked, CancellationToken cancel)
    {
        var zone = Period.ZoneOf(tenant);
        var now = time.GetUtcNow();
        var today = asked ?? DateOnly.FromDateTime(ZonedTime.Local(now, zone));
        TimeRange Days(int from, int until) => new(StartOf(today.AddDays(from), zone), StartOf(today.AddDays(until), zone));
        var year = Days(-Seasonality.YearDays - Seasonality.PeriodDays, -Seasonality.YearDays + Seasonality.PeriodDays);
        var history = new FigureScope(tenant.Id, Days(-StockForecast.HistoryDays, 0), zone, tenant.Currency);

        // The stock is that of the moment; what sold is of whole days.
        var levels = stock.LevelsAsync(asked is null ? history with { Range = new(history.Range.Start, now) } : history, cancel);
        var sold = (await stock.SoldAsync(history, year, cancel).ConfigureAwait(false)).ToDictionary(product => product.ProductId, product => product.Units);
        var first = StockQueries.DayOf(history.Range.Start, zone);
        var seller = Sum(sold.Values.Select(units => YearOf(units, first)));
        List<ProductForecast> forecasts = [.. (await levels.ConfigureAwait(false)).Select(product => Forecast(product, sold.GetValueOrDefault(product.ProductId), first, seller))];
        var known = forecasts.Select(one => one.ProductId).ToHashSet(StringComparer.Ordinal);
        var unknown = sold.Count(product => !known.Contains(product.Key) && product.Value.Keys.Any(day => day >= first));
        return (today, [.. forecasts.OrderBy(one => one.Forecast.Days ?? double.MaxValue).ThenByDescending(one => one.Forecast.DailyRate).ThenBy(one => one.ProductId, StringComparer.Ordinal)], unknown);
    }

    /// <summary>Reads <c>as_of</c>.</summary>
    public static DateOnly? DayOf(IQueryCollection query) =>
        query["as_of"].ToString() is not { Length: > 0 } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1973 and < 2090 ? day
        : throw Problem.Invalid("as_of", $"Expected a date from 1973 to 2089, such as 2026-11-22; found '{text}'.");

    private static ProductForecast Forecast(StockDays product, IReadOnlyDictionary<int, long>? sold, int first, (long Before, long Period) seller)
    {
        var units = sold ?? new Dictionary<int, long>();
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

        var forecast = StockForecast.Of(product.Stock, new(trailing), new(history), Seasonality.From(YearOf(units, first), seller));
        return new(product.ProductId, product.Title, forecast);
    }

    // Pieces of the two weeks before this day a year ago, and of the two that began with it.
    private static (long Before, long Period) YearOf(IReadOnlyDictionary<int, long> units, int first)
    {
        var day = first + StockForecast.HistoryDays - Seasonality.YearDays;
        long Sum(int from) => Enumerable.Range(from, Seasonality.PeriodDays).Sum(one => units.GetValueOrDefault(one));
        return (Sum(day - Seasonality.PeriodDays), Sum(day));
    }

    private static (long Before, long Period) Sum(IEnumerable<(long Before, long Period)> years) =>
        years.Aggregate((Before: 0L, Period: 0L), (sum, year) => (sum.Before + year.Before, sum.Period + year.Period));

    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone) => ZonedTime.Instant(day.ToDateTime(TimeOnly.MinValue), zone);
}

/// <summary>The forecast of a product.</summary>
internal sealed record ProductForecast(string ProductId, string Title, StockForecast Forecast);
