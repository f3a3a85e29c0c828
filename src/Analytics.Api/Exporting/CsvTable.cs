using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Analytics.Api.Exporting;

/// <summary>A table on its way out as CSV (RFC 4180), written row by row, whatever its length.</summary>
/// <param name="Name">Name of the file, without its ending.</param>
/// <param name="Header">Names of the columns, as in JSON.</param>
/// <param name="Rows">The rows: texts, numbers, instants, days, truth values, or null for an empty cell.</param>
internal sealed record CsvTable(string Name, IReadOnlyList<string> Header, IAsyncEnumerable<IReadOnlyList<object?>> Rows)
{
    // What is sent at a time. What goes wrong before the first part is still told as a problem; later the reply breaks off, which the client sees.
    private const int PartLetters = 64 * 1024;

    // A cell that begins so is a formula for spreadsheets, which run what a product's title says.
    private const string FormulaStarts = "=+-@\t\r";

    private static readonly CsvConfiguration Form = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };

    /// <summary>A text as a spreadsheet shows it and does not run it.</summary>
    public static string Safe(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;

    /// <summary>Writes it, header first.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="hasMark">Whether a byte order mark comes before it, by which Excel tells UTF-8 from a code page.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task WriteAsync(HttpResponse response, bool hasMark, CancellationToken cancel)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var csv = new CsvWriter(text, Form);
        await text.WriteAsync(hasMark ? "\ufeff" : "").ConfigureAwait(false);
        Add(csv, Header);
        await foreach (var row in Rows.WithCancellation(cancel).ConfigureAwait(false))
        {
            Add(csv, row);
            if (text.GetStringBuilder().Length >= PartLetters)
            {
                await SendAsync(response, text.GetStringBuilder(), cancel).ConfigureAwait(false);
            }
        }

        await SendAsync(response, text.GetStringBuilder(), cancel).ConfigureAwait(false);
    }

    // A number of ours is no formula, and with an apostrophe it could not be added up any more.
    private static string? TextOf(object? value) => value switch
    {
        null => null,
        string text => Safe(text),
        bool truth => truth ? "true" : "false",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType(), "Not a cell."),
    };

    private static void Add(CsvWriter csv, IReadOnlyList<object?> row)
    {
        foreach (var value in row)
        {
            csv.WriteField(TextOf(value));
        }

        csv.NextRecord();
        csv.Flush();
    }

    private static async Task SendAsync(HttpResponse response, StringBuilder text, CancellationToken cancel)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel).ConfigureAwait(false);
        text.Clear();
    }
}
