using System.Globalization;
using Analytics.Storage.ClickHouse.AdHoc;

namespace Analytics.Cli.Queries;

/// <summary>Rows as text in columns, for people.</summary>
internal static class RowsText
{
    private const int Widest = 60;

    /// <summary>Writes them; numbers to the right, nothing for what is unknown.</summary>
    public static void Write(IReadOnlyList<string> columns, QueryRows rows, TextWriter to)
    {
        var texts = rows.Rows.Select(row => row.Select(TextOf).ToArray()).ToList();
        var widths = columns.Select((column, index) => Math.Min(Widest, texts.Select(row => row[index].Length).Append(column.Length).Max())).ToArray();
        WriteRow([.. columns], [.. columns.Select(_ => false)], widths, to);
        foreach (var (row, text) in rows.Rows.Zip(texts))
        {
            WriteRow(text, [.. row.Select(value => value is long or double or decimal)], widths, to);
        }

        to.Write(string.Create(CultureInfo.InvariantCulture, $"({rows.Rows.Count}{(rows.HasMore ? " rows, and more" : rows.Rows.Count == 1 ? " row" : " rows")})\n"));
    }

    private static void WriteRow(string[] texts, bool[] areRight, int[] widths, TextWriter to) =>
        to.Write(string.Join("  ", texts.Select((text, index) => areRight[index] ? text.PadLeft(widths[index]) : text.PadRight(widths[index]))).TrimEnd() + "\n");

    private static string TextOf(object? value) => value switch
    {
        null => "",
        string text => PlainText.Of(text),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };
}
