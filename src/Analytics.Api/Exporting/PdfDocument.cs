using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Analytics.Api.Exporting;

/// <summary>A colour of red, green and blue, 0 to 255.</summary>
internal readonly record struct PdfColour(byte Red, byte Green, byte Blue)
{
    /// <summary>As operands of PDF.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Red / 255.0:0.###} {Green / 255.0:0.###} {Blue / 255.0:0.###}");
}

/// <summary>A page on which one draws; lengths are points, from the upper left corner.</summary>
internal sealed class PdfPage(double width, double height)
{
    private readonly StringBuilder _content = new();

    /// <summary>Its width.</summary>
    public double Width { get; } = width;

    /// <summary>Its height.</summary>
    public double Height { get; } = height;

    /// <summary>What was drawn, as operators of PDF.</summary>
    public string Content => _content.ToString();

    /// <summary>A text whose base line begins there.</summary>
    public void Text(string text, PdfFont font, double size, PdfColour colour, double x, double baseLine) =>
        Add($"BT {colour} rg /{font.Name} {size:0.##} Tf {x:0.##} {Height - baseLine:0.##} Td <{font.Use(text)}> Tj ET");

    /// <summary>A filled rectangle.</summary>
    public void Rectangle(PdfColour colour, double x, double y, double width, double height) => Add($"{colour} rg {x:0.##} {Height - y - height:0.##} {width:0.##} {height:0.##} re f");

    /// <summary>A line through points, dashed or not.</summary>
    public void Line(PdfColour colour, double thickness, bool isDashed, params ReadOnlySpan<(double X, double Y)> points)
    {
        Add($"{colour} RG {thickness:0.##} w 1 j {(isDashed ? "[3 2]" : "[]")} 0 d");
        for (var index = 0; index < points.Length; index++)
        {
            Add($"{points[index].X:0.##} {Height - points[index].Y:0.##} {(index == 0 ? 'm' : 'l')}");
        }

        Add($"S");
    }

    private void Add(FormattableString text) => _content.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

/// <summary>A font of a document, and which of its letters the document uses. One thread.</summary>
internal sealed class PdfFont(string name, string family, TrueTypeFont face)
{
    private readonly SortedDictionary<ushort, Rune> _used = [];

    /// <summary>Its name in the document.</summary>
    public string Name { get; } = name;

    /// <summary>Its name for people.</summary>
    public string Family { get; } = family;

    /// <summary>The font.</summary>
    public TrueTypeFont Face { get; } = face;

    /// <summary>The letters used, by glyph.</summary>
    public IReadOnlyDictionary<ushort, Rune> Used => _used;

    /// <summary>The glyphs of a text, in hexadecimal digits.</summary>
    public string Use(string text)
    {
        var digits = new StringBuilder(text.Length * 4);
        foreach (var letter in text.EnumerateRunes())
        {
            var glyph = Face.GlyphOf(letter);
            _used[glyph] = letter;
            digits.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
        }

        return digits.ToString();
    }
}

/// <summary>Writes a document in the form of PDF 1.7 (ISO 32000-1): pages of text, lines and areas, with the letters that they use of TrueType fonts inside. One thread.</summary>
/// <remarks>It writes what reports need and no more, so that the product stands under no licence but its own.</remarks>
internal sealed class PdfDocument(string title, string author, IReadOnlyList<PdfFont> fonts)
{
    private const int Catalogue = 1;
    private const int PageTree = 2;
    private const int Properties = 3;
    private const int FirstFont = 4;
    private const int ObjectsOfFont = 5;

    private readonly List<PdfPage> _pages = [];
    private readonly ArrayBufferWriter<byte> _file = new();
    private readonly List<int> _places = [];

    /// <summary>The pages.</summary>
    public IReadOnlyList<PdfPage> Pages => _pages;

    /// <summary>Adds a page of A4.</summary>
    public PdfPage AddPage()
    {
        _pages.Add(new(595.28, 841.89));
        return _pages[^1];
    }

    /// <summary>The file. Once only.</summary>
    public byte[] Save()
    {
        var firstPage = FirstFont + (ObjectsOfFont * fonts.Count);
        Write("%PDF-1.7\n%âãÏÓ\n");
        Object($"<< /Type /Catalog /Pages {PageTree} 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>");
        Object($"<< /Type /Pages /Count {_pages.Count} /Kids [{string.Join(' ', Enumerable.Range(0, _pages.Count).Select(page => $"{firstPage + (2 * page)} 0 R"))}] >>");
        Object($"<< /Title {Text(title)} /Author {Text(author)} /Creator (Analytics) /Producer (Analytics) >>");
        foreach (var font in fonts)
        {
            WriteFont(font);
        }

        var resources = string.Join(' ', fonts.Select((font, index) => $"/{font.Name} {FirstFont + (ObjectsOfFont * index)} 0 R"));
        foreach (var page in _pages)
        {
            Object($"<< /Type /Page /Parent {PageTree} 0 R /MediaBox [0 0 {page.Width} {page.Height}] /Resources << /Font << {resources} >> >> /Contents {_places.Count + 2} 0 R >>");
            Stream("", Encoding.ASCII.GetBytes(page.Content));
        }

        var start = _file.WrittenCount;
        Write($"xref\n0 {_places.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in _places)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{place:D10} 00000 n \n"));
        }

        Write($"trailer\n<< /Size {_places.Count + 1} /Root {Catalogue} 0 R /Info {Properties} 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return _file.WrittenSpan.ToArray();
    }

    // UTF-16 with its mark, so that every name can be told.
    private static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private void WriteFont(PdfFont font)
    {
        var (number, face) = (_places.Count + 1, font.Face);

        // Six letters say that it is a part of the font.
        var name = "REPORT+" + font.Family;
        var widths = string.Join(' ', font.Used.Keys.Select(glyph => string.Create(CultureInfo.InvariantCulture, $"{glyph} [{face.WidthOf(glyph)}]")));
        Object($"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{number + 1} 0 R] /ToUnicode {number + 4} 0 R >>");
        Object($"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {number + 2} 0 R /CIDToGlyphMap /Identity /W [{widths}] >>");
        Object($"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{string.Join(' ', face.Box)}] /ItalicAngle 0 /Ascent {face.Ascent} /Descent {face.Descent} /CapHeight {face.Ascent} /StemV 80 /FontFile2 {number + 3} 0 R >>");
        var file = face.Subset(font.Used.Keys);
        Stream($"/Length1 {file.Length} ", file);
        Stream("", Encoding.ASCII.GetBytes(LettersOf(font)));
    }

    // So that a reader can search and copy.
    private static string LettersOf(PdfFont font)
    {
        const int MostAtOnce = 100;
        var map = new StringBuilder("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Report def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
        foreach (var part in font.Used.Chunk(MostAtOnce))
        {
            map.Append(CultureInfo.InvariantCulture, $"{part.Length} beginbfchar\n");
            foreach (var (glyph, letter) in part)
            {
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(letter.ToString()))}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict /CMap defineresource pop end end").ToString();
    }

    private void Object(FormattableString body)
    {
        Begin();
        Write(body.ToString(CultureInfo.InvariantCulture));
        Write("\nendobj\n");
    }

    private void Stream(string entries, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packing = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            packing.Write(bytes);
        }

        Begin();
        Write(string.Create(CultureInfo.InvariantCulture, $"<< {entries}/Filter /FlateDecode /Length {packed.Length} >>\nstream\n"));
        _file.Write(packed.ToArray());
        Write("\nendstream\nendobj\n");
    }

    private void Begin()
    {
        _places.Add(_file.WrittenCount);
        Write(string.Create(CultureInfo.InvariantCulture, $"{_places.Count} 0 obj\n"));
    }

    private void Write(string text) => _file.Write(Encoding.Latin1.GetBytes(text));
}
