using Analytics.Api.Questions;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Exporting;

/// <summary>What a report says: the answers of the pages, of one period.</summary>
/// <param name="Question">Whose, and when.</param>
/// <param name="History">Figures and their course.</param>
/// <param name="Products">The best products.</param>
/// <param name="Traffic">Where visitors come from.</param>
/// <param name="AsOf">The day that stocks are told of: the end of the period, or today.</param>
/// <param name="LowStock">The first products that are sold out within two weeks.</param>
/// <param name="LowStockCount">How many are.</param>
internal sealed record SalesReport(SellerQuestion Question, HistoryReply History, ProductsReply Products, TrafficReply Traffic, DateOnly AsOf, IReadOnlyList<StockForecastReply> LowStock, int LowStockCount);

/// <summary>Asks for what a report says, and has it drawn.</summary>
internal sealed class SalesReports(
    HistoryQueries history, HistoryAnswer historyAnswer, ProductsAnswer products, TrafficAnswer traffic, ForecastAnswer forecast, ApiOptions api, ReportFonts fonts, ExportingOptions options, TimeProvider time) : IDisposable
{
    // Drawing takes a core, which live figures need more.
    private readonly SemaphoreSlim _drawing = new(options.ReportsAtOnce, options.ReportsAtOnce);

    /// <summary>The report of a period, as a PDF and the name of its file; compared with the period before unless another is asked for.</summary>
    /// <exception cref="Problem">The parameters cannot be used, or the fonts are missing.</exception>
    public async Task<(string Name, byte[] File)> OfAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var faces = fonts.Faces();
        var report = await AskAsync(tenant, query, cancel).ConfigureAwait(false);
        await _drawing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return (ExportName.Of("sales", report.Question), SalesReportPdf.Draw(report, faces, time.GetUtcNow()));
        }
        finally
        {
            _drawing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _drawing.Dispose();

    private async Task<SalesReport> AskAsync(Tenant tenant, IQueryCollection query, CancellationToken cancel)
    {
        var question = await SellerQuestion.ReadAsync(query, tenant, history, time.GetUtcNow(), cancel).ConfigureAwait(false);
        question = question with { Compare = question.Compare ?? ComparisonMode.PreviousPeriod };
        var course = await historyAnswer.OfAsync(HistoryQuestion.Read(query, tenant, question.Range, api.MaxPoints) with { Compare = question.Compare }, cancel).ConfigureAwait(false);
        DateOnly? asOf = question.Range.End <= question.Now ? DateOnly.FromDateTime(ZonedTime.Local(question.Range.End, question.Zone)) : null;
        var stocks = await forecast.PageAsync(tenant, asOf, SalesReportPdf.LowStock, after: null, cancel).ConfigureAwait(false);
        return new(
            question,
            course,
            await products.OfAsync(question, QueryCollection.Empty, cancel).ConfigureAwait(false),
            await traffic.OfAsync(question, cancel).ConfigureAwait(false),
            stocks.Today,
            [.. stocks.Forecasts.Where(one => one.Forecast.IsLow).Select(one => StockForecastReply.Of(one, stocks.Today))],
            stocks.Low);
    }
}
