using Analytics.Api.Questions;
using Analytics.Api.Replies;
using Analytics.Core.Listings;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Exporting;

/// <summary>The questions of a seller's pages as tables.</summary>
internal sealed class CsvReports(
    HistoryQueries history, HistoryAnswer historyAnswer, ProductsAnswer products, TrafficAnswer traffic, ForecastAnswer forecast, ListingsAnswer listings, ApiOptions options, TimeProvider time)
{
    /// <summary>The table of a report: history, products, traffic, forecast or listings, with the parameters of its page.</summary>
    public async Task<CsvTable> OfAsync(string report, Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var question = await SellerQuestion.ReadAsync(query, tenant, history, time.GetUtcNow(), cancel).ConfigureAwait(false);
        return report switch
        {
            "history" => await HistoryAsync(question, query, cancel).ConfigureAwait(false),
            "products" => Products(question, query, cancel),
            "traffic" => Traffic(question, await traffic.OfAsync(question, cancel).ConfigureAwait(false)),
            "forecast" => await ForecastAsync(tenant, query, cancel).ConfigureAwait(false),
            "listings" => Listings(question, listings.EachAsync(tenant, cancel)),
            _ => throw Problem.Invalid("report", $"Expected history, products, traffic, forecast or listings; found '{report}'."),
        };
    }

    private async Task<CsvTable> HistoryAsync(SellerQuestion question, IQueryCollection query, CancellationToken cancel)
    {
        var reply = await historyAnswer.OfAsync(HistoryQuestion.Read(query, question.Tenant, question.Range, options.MaxPoints) with { Compare = null }, cancel).ConfigureAwait(false);
        return new(
            ExportName.Of("history", question),
            ["start", "revenue", "currency", "orders", "cancelled_orders", "refunded_orders", "units", "aov", "customers", "visitors", "page_views", "add_to_cart", "checkout_starts", "conversion_rate"],
            RowsOf(reply.Points, point =>
            [
                StartOf(point, reply.Granularity, question.Zone), point.Revenue, reply.Currency, point.Orders, point.CancelledOrders, point.RefundedOrders, point.Units, point.Aov,
                point.Customers, point.Visitors, point.PageViews, point.AddToCart, point.CheckoutStarts, point.ConversionRate,
            ]));
    }

    // A point of days begins at midnight: the day alone is what a spreadsheet knows as a date.
    private static object StartOf(PointReply point, string granularity, TimeZoneInfo zone) =>
        granularity is "minute" or "hour" ? TimeZoneInfo.ConvertTime(point.Start, zone) : ExportName.Day(point.Start, zone);

    // Row by row from ClickHouse: a seller may have very many.
    private CsvTable Products(SellerQuestion question, IQueryCollection query, CancellationToken cancel)
    {
        var currency = question.Tenant.Currency;
        return new(
            ExportName.Of("products", question),
            ["product_id", "title", "revenue", "currency", "units", "orders", "views", "conversion_rate", "abc_class", "revenue_before", "revenue_change", "units_before", "units_change", "stock_start", "received", "stock_end", "sell_through"],
            RowsOf(products.AllAsync(question, query, cancel), figures =>
            {
                var product = ProductReply.Of(figures, 0, currency);
                return
                [
                    product.ProductId, product.Title, product.Revenue, currency, product.Units, product.Orders, product.Views, product.ConversionRate, product.AbcClass,
                    product.Trend.RevenueBefore, product.Trend.RevenueChange, product.Trend.UnitsBefore, product.Trend.UnitsChange,
                    product.Stock?.Start, product.Stock?.Received, product.Stock?.End, product.Stock?.SellThrough,
                ];
            }));
    }

    private static CsvTable Traffic(SellerQuestion question, TrafficReply reply) => new(
        ExportName.Of("traffic", question),
        ["part", "value", "views", "visitors", "share", "visitors_change", "orders", "conversion_rate", "revenue", "currency", "sessions", "bounce_rate", "mean_seconds"],
        RowsOf(
            reply.Sources.Select(part => (Name: "source", Part: part)).Concat(reply.Countries.Select(part => (Name: "country", Part: part))).Concat(reply.Devices.Select(part => (Name: "device", Part: part))),
            row =>
            [
                row.Name, row.Part.Value, row.Part.Views, row.Part.Visitors, row.Part.Share, row.Part.VisitorsChange, row.Part.Conversion.Orders, row.Part.Conversion.Rate, row.Part.Revenue, reply.Currency,
                row.Part.Sessions?.Sessions, row.Part.Sessions?.BounceRate, row.Part.Sessions?.MeanSeconds,
            ]));

    private async Task<CsvTable> ForecastAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var (today, forecasts) = await forecast.EachAsync(tenant, ForecastAnswer.DayOf(query), cancel).ConfigureAwait(false);
        return new(
            ExportName.Of("forecast", tenant, today),
            ["product_id", "title", "as_of", "stock", "method", "units_sold", "days_in_stock", "velocity", "season_factor", "season_of", "daily_rate", "days_until_stockout", "predicted_stockout_date", "earliest_stockout_date", "latest_stockout_date", "low_stock"],
            RowsOf(forecasts, one =>
            {
                var product = StockForecastReply.Of(one, today);
                return
                [
                    product.ProductId, product.Title, today, product.Stock, product.Method, product.UnitsSold, product.DaysInStock, product.Velocity, product.Seasonality.Factor, product.Seasonality.Of,
                    product.DailyRate, product.DaysUntilStockout, product.PredictedStockoutDate, product.EarliestStockoutDate, product.LatestStockoutDate, product.LowStock,
                ];
            }));
    }

    private static CsvTable Listings(SellerQuestion question, IAsyncEnumerable<ListingScore> scores) => new(
        ExportName.Of("listings", question.Tenant, ExportName.Day(question.Now, question.Zone)),
        ["product_id", "title", "score", "known_weight", "title_score", "images_score", "description_score", "rating_score", "price_score", "stock_score", "fix", "advice", "gain"],
        RowsOf(scores, score =>
        {
            var listing = ListingReply.Of(score);
            return
            [
                listing.ProductId, listing.Title, listing.Score, listing.KnownWeight, .. listing.Parts.Select(part => (object?)part.Score),
                listing.TopFix?.Part, listing.TopFix?.Advice, listing.TopFix?.Gain,
            ];
        }));

    private static async IAsyncEnumerable<IReadOnlyList<object?>> RowsOf<T>(IEnumerable<T> items, Func<T, IReadOnlyList<object?>> row)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var item in items)
        {
            yield return row(item);
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?>> RowsOf<T>(IAsyncEnumerable<T> items, Func<T, IReadOnlyList<object?>> row)
    {
        await foreach (var item in items.ConfigureAwait(false))
        {
            yield return row(item);
        }
    }
}
