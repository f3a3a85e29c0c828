using System.Globalization;
using Analytics.Api.Replies;
using Analytics.Core.Questions;

namespace Analytics.Api.Exporting;

/// <summary>Draws a sales report: title and period, tiles, the course of the revenue, the best products, where visitors come from, what is sold out soon.</summary>
internal static class SalesReportPdf
{
    /// <summary>Products that are sold out soon, at most.</summary>
    public const int LowStock = 15;

    private const int Products = 10;
    private const double TileHeight = 58;
    private const double TileGap = 10;
    private const int TilesInRow = 3;

    /// <summary>The file.</summary>
    public static byte[] Draw(SalesReport report, (TrueTypeFont Regular, TrueTypeFont Bold) faces, DateTimeOffset madeAt)
    {
        var (tenant, history) = (report.Question.Tenant, report.History);
        var sheet = new ReportSheet($"Sales report of {tenant.Name}", tenant.Name, faces);
        Title(sheet, report);
        Tiles(sheet, history);
        sheet.Heading($"Revenue by {history.Granularity}", ReportChart.WholeHeight);
        Chart(report).Draw(sheet);
        ProductTable(sheet, report);
        SourceTable(sheet, report);
        StockTable(sheet, report);
        var zone = report.Question.Zone;
        var through = history.CompleteThrough is { } instant ? $"Events up to {Instant(instant, zone)} are counted. " : "";
        var estimate = history.Approximate is null ? "" : "Visitors are estimated within 0.6 %. ";
        var rates = report.History.Rates ?? report.Products.Rates;
        var missing = rates is { Missing.Count: > 0 } ? $"Amounts that need a rate of {string.Join(", ", rates.Missing.Select(one => one.Currency))} are not known on some days. " : "";
        return sheet.Save($"{through}{missing}{estimate}Made {Instant(madeAt, zone)} ({zone.Id}).");
    }

    // A shop's first period has nothing before it: zeros and dashes there would look like figures.
    private static bool HasBefore(HistoryReply history) => history.Compare!.Totals is not { Orders: 0, Visitors: 0, PageViews: 0, Revenue: 0 };

    private static void Title(ReportSheet sheet, SalesReport report)
    {
        var (question, compare) = (report.Question, report.History.Compare!);
        sheet.Text("SALES REPORT", 8.5, ReportSheet.Accent, ReportSheet.Left, sheet.Y, sheet.Width, isBold: true);
        sheet.Text(question.Tenant.Name, 21, ReportSheet.Ink, ReportSheet.Left, sheet.Y + 14, sheet.Width, isBold: true);
        sheet.Text(Period(question.Range, question.Zone), 11, ReportSheet.Ink, ReportSheet.Left, sheet.Y + 44, sheet.Width);
        var running = question.Range.End > question.Now ? ", as much of it as has passed" : "";
        var against = HasBefore(report.History) ? $"Compared with {Period(new(compare.Start, compare.End), question.Zone)}{running}." : "Compared with nothing: there is no event of the time before.";
        sheet.Text(
            $"{against} Amounts in {question.Tenant.Currency}{Converted(report)}; days by the clock of {question.Tenant.TimeZone}.",
            8.5, ReportSheet.Muted, ReportSheet.Left, sheet.Y + 61, sheet.Width);
        sheet.Y += 86;
    }

    private static string Converted(SalesReport report) =>
        (report.History.Rates ?? report.Products.Rates) is { } rates ? $", those in {string.Join(", ", rates.From)} by the rate of their day" : "";

    private static void Tiles(ReportSheet sheet, HistoryReply history)
    {
        var (totals, before, change, currency) = (history.Totals, history.Compare!.Totals, history.Compare.Change, history.Currency);
        (string Name, string Value, string Before, double? Change)[] tiles =
        [
            ("Revenue", Money(totals.Revenue, currency), Money(before.Revenue, currency), change["revenue"]),
            ("Orders", Count(totals.Orders), Count(before.Orders), change["orders"]),
            ("Average order", Money(totals.Aov, currency), Money(before.Aov, currency), change["aov"]),
            ("Units", Count(totals.Units), Count(before.Units), change["units"]),
            ("Visitors", Count(totals.Visitors), Count(before.Visitors), change["visitors"]),
            // Without views the visitors are only those who ordered.
            ("Conversion", totals.PageViews == 0 ? "–" : Percent(totals.ConversionRate), before.PageViews == 0 ? "–" : Percent(before.ConversionRate), totals.PageViews == 0 || before.PageViews == 0 ? null : change["conversion_rate"]),
        ];
        var width = (sheet.Width - ((TilesInRow - 1) * TileGap)) / TilesInRow;
        for (var index = 0; index < tiles.Length; index++)
        {
            var (x, y) = (ReportSheet.Left + (index % TilesInRow * (width + TileGap)), sheet.Y + (index / TilesInRow * (TileHeight + TileGap)));
            var tile = tiles[index];
            sheet.Page.Rectangle(ReportSheet.Area, x, y, width, TileHeight);
            sheet.Text(tile.Name, 8.5, ReportSheet.Muted, x + 10, y + 8, width - 20);
            sheet.Text(tile.Value, 15, ReportSheet.Ink, x + 10, y + 20, width - 20, isBold: true);
            var (text, colour) = ChangeOf(tile.Change);
            if (HasBefore(history))
            {
                sheet.Text(text, 8.5, colour, x + 10, y + 42, width - 20, isBold: true);
                sheet.Text("before: " + tile.Before, 8, ReportSheet.Muted, x + 10, y + 42.5, width - 20, ReportAlignment.Right);
            }
        }

        sheet.Y += (tiles.Length / TilesInRow * (TileHeight + TileGap)) - TileGap;
    }

    private static ReportChart Chart(SalesReport report)
    {
        var (history, zone) = (report.History, report.Question.Zone);
        var form = history.Granularity switch
        {
            "minute" or "hour" => report.Question.Range.Length > TimeSpan.FromDays(1) ? "d MMM HH:mm" : "HH:mm",
            "month" => "MMM yyyy",
            _ => "d MMM",
        };
        return new(
            [.. history.Points.Select(point => (double?)point.Revenue)],
            HasBefore(history) ? [.. history.Compare!.Points.Select(point => (double?)point.Revenue)] : [],
            index => ZonedTime.Local(history.Points[index].Start, zone).ToString(form, CultureInfo.InvariantCulture),
            "This period",
            "Compared with");
    }

    private static void ProductTable(ReportSheet sheet, SalesReport report) => sheet.Table(
        report.Products.ProductCount > Products ? $"Best {Products} of {Count(report.Products.ProductCount)} products" : "Products",
        [new("Product", 0.34, IsNumber: false), new("Revenue", 0.16), new("Share", 0.09), new("Change", 0.12), new("Units", 0.09), new("Class", 0.08), new("In stock", 0.12)],
        [
            .. report.Products.Products.Take(Products).Select(product => (IReadOnlyList<string>)
            [
                product.Title ?? product.ProductId, Money(product.Revenue, report.Products.Currency), Percent(product.Share), ChangeOf(product.Trend.RevenueChange).Text, Count(product.Units), product.AbcClass ?? "–",
                product.Stock is { } stock ? Count(stock.End) : "–",
            ]),
        ],
        "Nothing was viewed or sold in this period.");

    private static void SourceTable(ReportSheet sheet, SalesReport report) => sheet.Table(
        "Where visitors came from",
        [new("Channel", 0.22, IsNumber: false), new("Visitors", 0.14), new("Change", 0.14), new("Views", 0.13), new("Orders", 0.11), new("Conversion", 0.14), new("Bounce", 0.12)],
        [
            .. report.Traffic.Sources.Select(part => (IReadOnlyList<string>)
            [
                part.Value ?? "not known", Count(part.Visitors), ChangeOf(part.VisitorsChange).Text, Count(part.Views), Count(part.Conversion.Orders), Percent(part.Conversion.Rate), Percent(part.Sessions?.BounceRate),
            ]),
        ],
        "Nobody came in this period.");

    private static void StockTable(ReportSheet sheet, SalesReport report)
    {
        sheet.Table(
            report.LowStockCount > LowStock ? $"Sold out within two weeks of {Day(report.AsOf)}: the first {LowStock} of {Count(report.LowStockCount)}" : $"Sold out within two weeks of {Day(report.AsOf)}",
            [new("Product", 0.34, IsNumber: false), new("In stock", 0.1), new("A day", 0.1), new("Sold out on", 0.17), new("Likely between (95 %)", 0.29)],
            [
                .. report.LowStock.Select(product => (IReadOnlyList<string>)
                [
                    product.Title ?? product.ProductId, Count(product.Stock), product.DailyRate.ToString("#,0.0", CultureInfo.InvariantCulture),
                    product.Stock == 0 ? "sold out" : Day(product.PredictedStockoutDate!.Value),
                    product.Stock == 0 ? "–" : Between(product.EarliestStockoutDate, product.LatestStockoutDate),
                ]),
            ],
            "None of the products whose stock is known.");
    }

    private static string Between(DateOnly? earliest, DateOnly? latest) =>
        earliest is null ? "–" : latest is null ? $"from {Day(earliest.Value)} on" : $"{Day(earliest.Value)} – {Day(latest.Value)}";

    private static (string Text, PdfColour Colour) ChangeOf(double? change) => change switch
    {
        null => ("–", ReportSheet.Muted),
        > 0 => ("▲ " + Percent(change), ReportSheet.Better),
        < 0 => ("▼ " + Percent(-change), ReportSheet.Worse),
        _ => ("0.0 %", ReportSheet.Muted),
    };

    private static string Period(TimeRange range, TimeZoneInfo zone)
    {
        // The last instant of a period that is half open.
        var (first, last) = (ZonedTime.Local(range.Start, zone), ZonedTime.Local(range.Length > TimeSpan.Zero ? range.End.AddTicks(-1) : range.End, zone));
        var (start, end) = (DateOnly.FromDateTime(first), DateOnly.FromDateTime(last));
        return start == end ? Day(start) : $"{Day(start)} – {Day(end)}";
    }

    private static string Day(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset instant, TimeZoneInfo zone) => ZonedTime.Local(instant, zone).ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture);

    private static string Money(decimal? amount, string currency) =>
        amount is { } value ? value.ToString("N" + Currencies.Decimals(currency).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + " " + currency : "–";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double? rate) => rate is { } value ? (value * 100).ToString("#,0.0", CultureInfo.InvariantCulture) + " %" : "–";
}
