using System.Globalization;
using Analytics.Core.Events;
using Analytics.Core.Questions;

namespace Analytics.Core.AdHoc;

/// <summary>Reads a text as an instant.</summary>
internal static class QueryInstant
{
    private static readonly string[] Local = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFF"];
    private static readonly string[] Zoned = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK"];

    /// <summary>The instant; without a zone it is the wall clock's.</summary>
    /// <exception cref="InvalidQueryException">It is none, or none that the stores can hold.</exception>
    public static DateTimeOffset Of(string text, QueryPlace at, TimeZoneInfo zone)
    {
        if (DateTime.TryParseExact(text, Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            // The wall clock of a year that no store holds need not be understood.
            return local.Year is > 1970 and < 2106 ? Held(ZonedTime.Instant(local, zone), at) : throw OutOfRange(at);
        }

        return DateTimeOffset.TryParseExact(text, Zoned, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? Held(instant.ToUniversalTime(), at)
            : throw new InvalidQueryException(
                at, $"Expected a time, such as '2026-11-22', '2026-11-22 10:00' or '2026-11-22T10:00:00Z'; found '{(text.Length <= 40 ? text : text[..40] + "…")}'.");
    }

    /// <summary>The instant, when the stores can hold it.</summary>
    /// <exception cref="InvalidQueryException">They cannot.</exception>
    public static DateTimeOffset Held(DateTimeOffset instant, QueryPlace at) =>
        instant >= EventLimits.Earliest && instant < EventLimits.Latest ? instant : throw OutOfRange(at);

    private static InvalidQueryException OutOfRange(QueryPlace at) => new(at, "Expected a time from 1971 to 2105; found another one.");
}
