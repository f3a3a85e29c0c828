using System.Globalization;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Reads the period of a question from its parameters.</summary>
internal static class Period
{
    /// <summary>The zone in which a tenant's days are cut.</summary>
    public static TimeZoneInfo ZoneOf(Tenant tenant) => TimeZoneInfo.FindSystemTimeZoneById(tenant.TimeZone);

    /// <summary>
    /// From <c>start</c> to <c>end</c>, half open: a date is the start of that day in the tenant's zone, an instant is RFC 3339. Without a start
    /// from the tenant's first event on, without an end up to now; without both, to the end of its last event.
    /// </summary>
    public static async Task<TimeRange> OfAsync(
        IQueryCollection query, Tenant tenant, HistoryQueries history, DateTimeOffset now, CancellationToken cancel)
    {
        var zone = ZoneOf(tenant);
        var start = InstantOf(query, "start", zone);
        var end = InstantOf(query, "end", zone);
        var extent = start is null ? await history.ExtentAsync(tenant.Id, cancel).ConfigureAwait(false) : null;
        var from = start ?? extent?.Start ?? ZonedTime.StartOfDay(now, zone);
        var to = end ?? (start is null ? extent?.End : null) ?? now;
        if (end is null && start is not null && to < from)
        {
            to = from;
        }

        return from <= to || (start is null && end is not null)
            ? new(from <= to ? from : to, to)
            : throw Problem.Invalid("end", $"Expected an end after the start; found {query["start"]} to {query["end"]}. The period is half open: one day is start=2026-11-22&end=2026-11-23.");
    }

    /// <summary>The last days of a tenant, today included: <c>today</c>, <c>7d</c>, …, or <c>all</c>.</summary>
    public static async Task<TimeRange> NamedAsync(string name, Tenant tenant, HistoryQueries history, DateTimeOffset now, CancellationToken cancel)
    {
        var zone = ZoneOf(tenant);
        var today = ZonedTime.Local(now, zone).Date;
        return name switch
        {
            "today" => Days(1),
            "7d" => Days(7),
            "30d" => Days(30),
            "90d" => Days(90),
            "365d" => Days(365),
            "all" => await history.ExtentAsync(tenant.Id, cancel).ConfigureAwait(false) ?? Days(1),
            _ => throw Problem.Invalid("period", $"Expected today, 7d, 30d, 90d, 365d or all; found '{name}'."),
        };

        TimeRange Days(int count) => new(ZonedTime.Instant(today.AddDays(1 - count), zone), ZonedTime.Instant(today.AddDays(1), zone));
    }

    private static DateTimeOffset? InstantOf(IQueryCollection query, string name, TimeZoneInfo zone)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        DateTimeOffset instant;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            instant = ZonedTime.Instant(day.ToDateTime(TimeOnly.MinValue), zone);
        }
        else if (!HasZone(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant))
        {
            throw Problem.Invalid(name, $"Expected a date (2026-11-22) or an instant with its zone (2026-11-22T10:00:00Z, a + written as %2B); found '{text}'.");
        }

        // What ClickHouse's DateTime can hold.
        return instant >= Core.Events.EventLimits.Earliest && instant < Core.Events.EventLimits.Latest
            ? instant.ToUniversalTime()
            : throw Problem.Invalid(name, $"Expected a time from 1971 to 2105; found '{text}'.");
    }

    // RFC 3339: date, T, time, then Z or an offset.
    private static bool HasZone(string text) =>
        text.Length >= 20 && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || (text[^3] == ':' && text[^6] is '+' or '-'));
}
