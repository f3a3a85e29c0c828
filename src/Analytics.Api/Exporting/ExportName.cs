using System.Globalization;
using Analytics.Api.Questions;
using Analytics.Core.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Exporting;

/// <summary>Names of exported files: what, whose, of which days, so that those of two months can lie side by side.</summary>
internal static class ExportName
{
    /// <summary>Of a period.</summary>
    public static string Of(string report, SellerQuestion question)
    {
        // The last instant of a period that is half open.
        var end = question.Range.Length > TimeSpan.Zero ? question.Range.End.AddTicks(-1) : question.Range.End;
        var (first, last) = (Day(question.Range.Start, question.Zone), Day(end, question.Zone));
        return Of(report, question.Tenant, first) + (first == last ? "" : string.Create(CultureInfo.InvariantCulture, $"-to-{last:yyyy-MM-dd}"));
    }

    /// <summary>Of a day.</summary>
    public static string Of(string report, Tenant tenant, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{report}-{tenant.ExternalId}-{day:yyyy-MM-dd}");

    /// <summary>The day of an instant.</summary>
    public static DateOnly Day(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(ZonedTime.Local(instant, zone));
}
