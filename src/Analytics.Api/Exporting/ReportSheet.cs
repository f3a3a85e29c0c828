using System.Globalization;

namespace Analytics.Api.Exporting;

/// <summary>A column of a table in a report.</summary>
/// <param name="Name">Its head.</param>
/// <param name="Width">Part of the width of the page.</param>
/// <param name="IsNumber">Numbers stand to the right.</param>
internal readonly record struct ReportColumn(string Name, double Width, bool IsNumber = true);

/// <summary>Where a text stands in its box.</summary>
internal enum ReportAlignment
{
    /// <summary>To the left.</summary>
    Left,

    /// <summary>In the middle.</summary>
    Middle,

    /// <summary>To the right.</summary>
    Right,
}

/// <summary>Pages of A4 that are filled from top to bottom. One thread. Lengths are points, 1/72 inch.</summary>
internal sealed class ReportSheet
{
    private const double Margin = 42;
    private const double FootHeight = 30;
    private const double RowHeight = 17;

    private readonly PdfFont _regular;
    private readonly PdfFont _bold;
    private readonly PdfDocument _document;

    /// <summary>Begins the first page.</summary>
    public ReportSheet(string title, string author, (TrueTypeFont Regular, TrueTypeFont Bold) faces)
    {
        (_regular, _bold) = (new("F1", "DejaVuSans", faces.Regular), new("F2", "DejaVuSans-Bold", faces.Bold));
        _document = new(title, author, [_regular, _bold]);
        Page = _document.AddPage();
        Y = Margin;
    }

    /// <summary>Colour of texts.</summary>
    public static PdfColour Ink { get; } = new(0x11, 0x18, 0x27);

    /// <summary>Of what matters less.</summary>
    public static PdfColour Muted { get; } = new(0x5B, 0x64, 0x73);

    /// <summary>Of lines.</summary>
    public static PdfColour Rule { get; } = new(0xD9, 0xDD, 0xE3);

    /// <summary>Of areas.</summary>
    public static PdfColour Area { get; } = new(0xF4, 0xF6, 0xF9);

    /// <summary>Of the figure itself.</summary>
    public static PdfColour Accent { get; } = new(0x1D, 0x4E, 0xD8);

    /// <summary>Of a change for the better.</summary>
    public static PdfColour Better { get; } = new(0x15, 0x80, 0x3D);

    /// <summary>Of a change for the worse.</summary>
    public static PdfColour Worse { get; } = new(0xB9, 0x1C, 0x1C);

    /// <summary>The left edge.</summary>
    public static double Left => Margin;

    /// <summary>What is drawn on.</summary>
    public PdfPage Page { get; private set; }

    /// <summary>Where the next thing begins.</summary>
    public double Y { get; set; }

    /// <summary>Between the edges.</summary>
    public double Width => Page.Width - (2 * Margin);

    private double Bottom => Page.Height - Margin - FootHeight;

    /// <summary>The width of a text.</summary>
    public double Measure(string text, double size, bool isBold = false) => (isBold ? _bold : _regular).Face.Measure(text, size);

    /// <summary>A text whose box begins there, cut with an ellipsis where it is too long.</summary>
    public void Text(string text, double size, PdfColour colour, double x, double y, double width, ReportAlignment alignment = ReportAlignment.Left, bool isBold = false)
    {
        var font = isBold ? _bold : _regular;
        var line = Fit(text, font.Face, size, width);
        var free = width - font.Face.Measure(line, size);
        var shift = alignment switch
        {
            ReportAlignment.Left => 0,
            ReportAlignment.Middle => free / 2,
            ReportAlignment.Right => free,
            _ => throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "Not an alignment."),
        };
        Page.Text(line, font, size, colour, x + shift, y + (size * font.Face.Ascent / 1_000));
    }

    /// <summary>The head of a part of the report; it begins a page where less than the part's least height is left.</summary>
    public void Heading(string text, double withHeight)
    {
        if (Y + withHeight + 34 > Bottom)
        {
            BeginPage();
        }

        Y += 16;
        Text(text, 11.5, Ink, Left, Y, Width, isBold: true);
        Y += 20;
    }

    /// <summary>A table under its heading; where it goes on, the next page has its head again.</summary>
    public void Table(string heading, IReadOnlyList<ReportColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows, string nothing)
    {
        Heading(heading, 3 * RowHeight);
        if (rows.Count == 0)
        {
            Text(nothing, 8.5, Muted, Left, Y, Width);
            Y += RowHeight;
            return;
        }

        TableHead(columns);
        foreach (var row in rows)
        {
            if (Y + RowHeight > Bottom)
            {
                BeginPage();
                TableHead(columns);
            }

            TableRow(columns, row, 8.5, Ink);
            Page.Line(Rule, 0.5, isDashed: false, (Left, Y), (Left + Width, Y));
        }
    }

    /// <summary>The file: each page with its foot.</summary>
    public byte[] Save(string foot)
    {
        for (var number = 0; number < _document.Pages.Count; number++)
        {
            Page = _document.Pages[number];
            var y = Page.Height - Margin - 8;
            Page.Line(Rule, 0.5, isDashed: false, (Left, y - 5), (Left + Width, y - 5));
            Text(foot, 7.5, Muted, Left, y, Width - 70);
            Text(string.Create(CultureInfo.InvariantCulture, $"Page {number + 1} of {_document.Pages.Count}"), 7.5, Muted, Left, y, Width, ReportAlignment.Right);
        }

        return _document.Save();
    }

    private static string Fit(string text, TrueTypeFont face, double size, double width)
    {
        var line = text.ReplaceLineEndings(" ");
        if (face.Measure(line, size) <= width)
        {
            return line;
        }

        // Whole letters: half of a pair is none.
        var letters = StringInfo.ParseCombiningCharacters(line);
        var (fits, tooMany) = (0, letters.Length);
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            (fits, tooMany) = face.Measure(line[..letters[middle]] + "…", size) <= width ? (middle, tooMany) : (fits, middle);
        }

        return line[..letters[fits]].TrimEnd() + "…";
    }

    private void BeginPage()
    {
        Page = _document.AddPage();
        Y = Margin;
    }

    private void TableHead(IReadOnlyList<ReportColumn> columns)
    {
        TableRow(columns, [.. columns.Select(column => column.Name)], 8, Muted, isBold: true);
        Page.Line(Muted, 0.75, isDashed: false, (Left, Y), (Left + Width, Y));
    }

    private void TableRow(IReadOnlyList<ReportColumn> columns, IReadOnlyList<string> row, double size, PdfColour colour, bool isBold = false)
    {
        const double Gap = 8;
        var x = Left;
        for (var index = 0; index < columns.Count; index++)
        {
            var width = columns[index].Width * Width;
            var room = columns[index].IsNumber ? width : width - Gap;
            Text(row[index], size, colour, x, Y + 4, room, columns[index].IsNumber ? ReportAlignment.Right : ReportAlignment.Left, isBold);
            x += width;
        }

        Y += RowHeight;
    }
}
