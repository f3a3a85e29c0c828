using System.Globalization;
using Analytics.Core.Events;

namespace Analytics.Core.Questions;

/// <summary>What a question is read against.</summary>
/// <param name="Zone">The tenant's zone.</param>
/// <param name="Currency">The tenant's reporting currency.</param>
/// <param name="Now">The time of asking.</param>
/// <param name="Extent">From the tenant's first event to its last, for <c>"range": "all"</c>; null when it has none.</param>
/// <param name="MostPoints">Points of a series.</param>
public sealed record QuestionContext(TimeZoneInfo Zone, string Currency, DateTimeOffset Now, TimeRange? Extent, int MostPoints);

/// <summary>Which events a question is about, before any filter.</summary>
/// <param name="Range">Whole minutes of UTC, half open.</param>
/// <param name="Zone">Where hours, days, weeks and months are cut.</param>
/// <param name="Currency">Into which amounts of other currencies are converted.</param>
/// <param name="WithBots">Whether events of bots count.</param>
public sealed record QuestionScope(TimeRange Range, TimeZoneInfo Zone, string Currency, bool WithBots);

/// <summary>Reads instants, ranges and zones of questions.</summary>
public static class QuestionTime
{
    /// <summary>The fields that <see cref="Scope"/> reads.</summary>
    public static readonly string[] Fields = ["range", "start", "end", "time_zone", "bots"];

    private const int MostDays = 36_600;

    private static readonly Dictionary<string, bool> Bots = new(StringComparer.Ordinal) { ["include"] = true, ["exclude"] = false };

    /// <summary>
    /// The scope: <c>range</c> (today, yesterday, all, 30m, 24h, 7d, 12w, 6mo, 2y: the last ones up to now, days whole and with today), or <c>start</c> and
    /// <c>end</c>, half open; <c>time_zone</c>, by default the tenant's; <c>bots</c>, include or exclude.
    /// </summary>
    /// <param name="node">The question.</param>
    /// <param name="context">What it is read against.</param>
    /// <param name="hasSeconds">Whether bounds that are multiples of five seconds stay as they are: for lists of the events behind such a point. All others are taken to the minute.</param>
    public static QuestionScope Scope(QuestionNode node, QuestionContext context, bool hasSeconds = false)
    {
        var zone = Zone(node["time_zone"], context.Zone);
        var range = node.Has("start") || node.Has("end") ? Given(node, zone, context) : Named(node["range"], zone, context);
        var seconds = range.Whole(Granularities.StepOf(Granularity.FiveSeconds));
        return new(Within(hasSeconds && seconds == range ? seconds : range.WholeMinutes()), zone, context.Currency, node["bots"].Word(Bots, true));
    }

    // No event lies outside.
    private static TimeRange Within(TimeRange range)
    {
        DateTimeOffset Bound(DateTimeOffset at) => at < EventLimits.Earliest ? EventLimits.Earliest : at > EventLimits.Latest ? EventLimits.Latest : at;
        return new(Bound(range.Start), Bound(range.End));
    }

    /// <summary>An instant with its zone; null, and a fault, for anything else.</summary>
    public static DateTimeOffset? Instant(QuestionNode node) => Instant(node, null);

    /// <summary>A duration such as 45s, 30m, 24h, 14d or 2w; null where none is set, and after a fault.</summary>
    public static TimeSpan? Duration(QuestionNode node, TimeSpan longest)
    {
        const string Expected = "a duration such as 45s, 30m, 24h, 14d or 2w";
        if (!node.IsSet || node.Text(Expected) is not { Length: > 1 } text)
        {
            return null;
        }

        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => null,
        };
        if (unit is null || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0 || count > longest / unit.Value)
        {
            node.Expected(string.Create(CultureInfo.InvariantCulture, $"{Expected}, at most {longest.TotalDays} days"));
            return null;
        }

        return count * unit.Value;
    }

    private static TimeZoneInfo Zone(QuestionNode node, TimeZoneInfo byDefault)
    {
        if (!node.IsSet || node.Text("the IANA name of a time zone, such as Europe/Berlin") is not { } name)
        {
            return byDefault;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId)
        {
            return zone;
        }

        node.Fault($"Expected the IANA name of a time zone, such as Europe/Berlin; found '{name}'.");
        return byDefault;
    }

    private static TimeRange Given(QuestionNode node, TimeZoneInfo zone, QuestionContext context)
    {
        if (node.Has("range"))
        {
            node["range"].Fault("Expected either a range or a start and an end; found both.");
        }

        var start = node.Has("start") ? Instant(node["start"], zone) : context.Extent?.Start;
        var end = node.Has("end") ? Instant(node["end"], zone) : context.Now;
        var range = new TimeRange(start ?? context.Now, end ?? context.Now);
        if (range.Length < TimeSpan.Zero)
        {
            node["end"].Fault("Expected an end after the start; found one before it. The period is half open: one day is start 2026-11-22, end 2026-11-23.");
            return new(range.Start, range.Start);
        }

        return range;
    }

    private static TimeRange Named(QuestionNode node, TimeZoneInfo zone, QuestionContext context)
    {
        var name = node.IsSet ? node.Text("a range, such as 7d") ?? "" : "30d";
        var today = ZonedTime.Local(context.Now, zone).Date;
        var days = name switch
        {
            "today" => 1,
            "yesterday" => 2,
            _ => Count(name, "d") ?? Count(name, "w") * 7,
        };
        if (days is >= 1 and <= MostDays)
        {
            var end = ZonedTime.Instant(name == "yesterday" ? today : today.AddDays(1), zone);
            return new(ZonedTime.Instant(today.AddDays(1 - days.Value), zone), end);
        }

        var months = Count(name, "mo") ?? Count(name, "y") * 12;
        if (months is >= 1 and <= 1_200)
        {
            return new(ZonedTime.Instant(today.AddDays(1 - today.Day).AddMonths(1 - months.Value), zone), ZonedTime.Instant(today.AddDays(1), zone));
        }

        var minutes = Count(name, "m") ?? Count(name, "h") * 60;
        if (minutes is >= 1 and <= MostDays * 24 * 60)
        {
            return new(context.Now.AddMinutes(-minutes.Value), context.Now);
        }

        if (name == "all")
        {
            return context.Extent ?? new(context.Now, context.Now);
        }

        if (name.Length > 0)
        {
            node.Expected("today, yesterday, all, or a number of minutes (30m), hours (24h), days (7d), weeks (12w), months (6mo) or years (2y)");
        }

        return new(context.Now, context.Now);
    }

    private static int? Count(string name, string unit) =>
        name.EndsWith(unit, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(0, name.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostDays * 60
            ? count
            : null;

    private static DateTimeOffset? Instant(QuestionNode node, TimeZoneInfo? zone)
    {
        var expected = zone is null ? "an instant with its zone (2026-11-22T10:00:00Z)" : "a date (2026-11-22) or an instant with its zone (2026-11-22T10:00:00Z)";
        if (node.Text(expected) is not { } text)
        {
            return null;
        }

        DateTimeOffset instant;
        if (zone is not null && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            instant = day.Year is > 1970 and < 2106 ? ZonedTime.Instant(day.ToDateTime(TimeOnly.MinValue), zone) : default;
        }
        else if (!HasZone(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant))
        {
            node.Expected(expected);
            return null;
        }

        // What the stores can hold.
        if (instant >= EventLimits.Earliest && instant < EventLimits.Latest)
        {
            return instant.ToUniversalTime();
        }

        node.Expected("a time from 1971 to 2105");
        return null;
    }

    // RFC 3339: date, T, time, then Z or an offset.
    private static bool HasZone(string text) =>
        text.Length >= 20 && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || (text[^3] == ':' && text[^6] is '+' or '-'));
}
