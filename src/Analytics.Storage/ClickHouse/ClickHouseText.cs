using System.Collections;
using System.Globalization;
using System.Text;

namespace Analytics.Storage.ClickHouse;

/// <summary>Writes values of statement parameters (<c>{name:Type}</c>) the way ClickHouse reads them from a URL.</summary>
/// <remarks>
/// A value is read as one field of TabSeparated, so blanks and backslashes in text are escaped; text inside of an array stands in quotes.
/// Times are written in UTC, so the type in the statement has to be <c>DateTime('UTC')</c> or <c>DateTime64(3, 'UTC')</c>.
/// </remarks>
public static class ClickHouseText
{
    /// <summary>A value as the text of a parameter.</summary>
    /// <exception cref="ArgumentException">Its type has no form here.</exception>
    public static string OfParameter(object? value) => value switch
    {
        null => "\\N",
        string text => Escape(text),
        IEnumerable items => Sequence(items),
        _ => Scalar(value),
    };

    /// <summary>A string literal for the text of a statement. Prefer parameters.</summary>
    public static string Quote(string text) => $"'{Escape(text)}'";

    /// <summary>An identifier for the text of a statement.</summary>
    public static string QuoteName(string name) =>
        '`' + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal) + '`';

    private static string Scalar(object value) => value switch
    {
        bool truth => truth ? "1" : "0",
        DateTime time => Time(time.ToUniversalTime()),
        DateTimeOffset time => Time(time.UtcDateTime),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Guid id => id.ToString("D"),
        Enum => throw NoForm(value),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        byte or sbyte or short or ushort or int or uint or long or ulong or Int128 or UInt128 or decimal => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => throw NoForm(value),
    };

    private static string Sequence(IEnumerable items)
    {
        var text = new StringBuilder("[");
        foreach (var item in items)
        {
            _ = text.Append(text.Length == 1 ? "" : ",").Append(item switch
            {
                null => "NULL",
                string inner => Quote(inner),
                DateTime or DateTimeOffset or DateOnly or Guid => $"'{Scalar(item)}'",
                IEnumerable inner => Sequence(inner),
                _ => Scalar(item),
            });
        }

        return text.Append(']').ToString();
    }

    // A whole second goes without a fraction, which DateTime does not take and DateTime64 does not need.
    private static string Time(DateTime utc) => utc.ToString(
        utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => escaped.Append("\\\\"),
                '\'' => escaped.Append("\\'"),
                '\t' => escaped.Append("\\t"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\0' => escaped.Append("\\0"),
                '\b' => escaped.Append("\\b"),
                '\f' => escaped.Append("\\f"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    private static ArgumentException NoForm(object value) => new(
        $"A parameter of type {value.GetType()} has no form in ClickHouse's SQL: expected text, a number, a truth value, a time, a date, a Guid or a sequence of them");
}
