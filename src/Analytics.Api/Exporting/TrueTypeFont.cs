using System.Buffers.Binary;
using System.Text;

namespace Analytics.Api.Exporting;

/// <summary>A TrueType font from a file: how wide letters are, and the part of it that a document needs (OpenType 1.9: cmap, hmtx, loca, glyf).</summary>
/// <remarks>The file is trusted: it is the operator's. Immutable; any thread.</remarks>
internal sealed class TrueTypeFont
{
    // What a reader of PDF needs of a font whose glyphs it is given by number.
    private static readonly string[] Kept = ["cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"];

    private readonly byte[] _file;
    private readonly Dictionary<string, Range> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ushort> _glyphs = [];
    private readonly int _unitsPerEm;
    private readonly int _metrics;
    private readonly bool _isLong;

    /// <summary>Reads the tables.</summary>
    public TrueTypeFont(byte[] file)
    {
        _file = file;
        for (var index = 0; index < Unsigned(file, 4); index++)
        {
            var entry = file.AsSpan(12 + (16 * index), 16);
            var (start, length) = (BinaryPrimitives.ReadInt32BigEndian(entry[8..]), BinaryPrimitives.ReadInt32BigEndian(entry[12..]));
            _tables[Encoding.ASCII.GetString(entry[..4])] = start..(start + length);
        }

        var head = Table("head");
        var horizontal = Table("hhea");
        _unitsPerEm = Unsigned(head, 18);
        _isLong = Unsigned(head, 50) == 1;
        _metrics = Unsigned(horizontal, 34);
        Glyphs = Unsigned(Table("maxp"), 4);
        Box = [.. Enumerable.Range(0, 4).Select(index => Thousandths(Signed(Table("head"), 36 + (2 * index))))];
        (Ascent, Descent) = (Thousandths(Signed(horizontal, 4)), Thousandths(Signed(horizontal, 6)));
        ReadLetters();
    }

    /// <summary>How many glyphs it has.</summary>
    public int Glyphs { get; }

    /// <summary>Around all glyphs: left, bottom, right, top, in thousandths of the size.</summary>
    public IReadOnlyList<int> Box { get; }

    /// <summary>Above the base line, in thousandths of the size.</summary>
    public int Ascent { get; }

    /// <summary>Below the base line, negative.</summary>
    public int Descent { get; }

    /// <summary>The glyph of a letter; 0, an empty box, where the font has none.</summary>
    public ushort GlyphOf(Rune letter) => _glyphs.GetValueOrDefault(letter.Value);

    /// <summary>The width of a glyph, in thousandths of the size.</summary>
    public int WidthOf(ushort glyph) => Thousandths(Unsigned(Table("hmtx"), 4 * Math.Min(glyph, _metrics - 1)));

    /// <summary>The width of a text at a size.</summary>
    public double Measure(string text, double size) => text.EnumerateRunes().Sum(letter => WidthOf(GlyphOf(letter))) * size / 1_000;

    /// <summary>A font file with these glyphs, under their numbers, and nothing of the others.</summary>
    public byte[] Subset(IEnumerable<ushort> used)
    {
        var needed = new SortedSet<ushort> { 0 };
        foreach (var glyph in used)
        {
            AddWithParts(glyph, needed);
        }

        using var outlines = new MemoryStream();
        var places = new byte[4 * (Glyphs + 1)];
        for (var glyph = 0; glyph <= Glyphs; glyph++)
        {
            BinaryPrimitives.WriteInt32BigEndian(places.AsSpan(4 * glyph), (int)outlines.Length);
            if (glyph < Glyphs && needed.Contains((ushort)glyph))
            {
                outlines.Write(Outline((ushort)glyph));
                outlines.Write(new byte[(4 - (outlines.Length % 4)) % 4]);
            }
        }

        var head = Table("head").ToArray();
        head[50] = 0;
        head[51] = 1;
        return Join([.. Kept.Where(_tables.ContainsKey).Select(name => (name, name switch { "glyf" => outlines.ToArray(), "loca" => places, "head" => head, _ => Table(name).ToArray() }))]);
    }

    private static byte[] Join(IReadOnlyList<(string Name, byte[] Bytes)> tables)
    {
        using var file = new MemoryStream();
        Span<byte> start = stackalloc byte[12];
        var power = (int)Math.Log2(tables.Count);
        BinaryPrimitives.WriteUInt32BigEndian(start, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(start[4..], (ushort)tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(start[6..], (ushort)(16 << power));
        BinaryPrimitives.WriteUInt16BigEndian(start[8..], (ushort)power);
        BinaryPrimitives.WriteUInt16BigEndian(start[10..], (ushort)((16 * tables.Count) - (16 << power)));
        file.Write(start);
        var offset = 12 + (16 * tables.Count);
        Span<byte> entry = stackalloc byte[16];
        foreach (var (name, bytes) in tables)
        {
            Encoding.ASCII.GetBytes(name, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], CheckSum(bytes));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], offset);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], bytes.Length);
            file.Write(entry);
            offset += (bytes.Length + 3) / 4 * 4;
        }

        foreach (var (_, bytes) in tables)
        {
            file.Write(bytes);
            file.Write(new byte[(4 - (bytes.Length % 4)) % 4]);
        }

        return file.ToArray();
    }

    private static uint CheckSum(byte[] bytes)
    {
        var sum = 0u;
        for (var index = 0; index < bytes.Length; index++)
        {
            sum += (uint)bytes[index] << (24 - (8 * (index % 4)));
        }

        return sum;
    }

    private static int Unsigned(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);

    private static int Signed(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt16BigEndian(bytes[offset..]);

    private int Thousandths(int units) => (int)Math.Round(units * 1_000.0 / _unitsPerEm);

    private ReadOnlySpan<byte> Table(string name) => _file.AsSpan(_tables[name]);

    private ReadOnlySpan<byte> Outline(ushort glyph)
    {
        var places = Table("loca");
        var (start, end) = _isLong
            ? (BinaryPrimitives.ReadInt32BigEndian(places[(4 * glyph)..]), BinaryPrimitives.ReadInt32BigEndian(places[((4 * glyph) + 4)..]))
            : (2 * Unsigned(places, 2 * glyph), 2 * Unsigned(places, (2 * glyph) + 2));
        return Table("glyf")[start..end];
    }

    // A letter with an accent is made of two glyphs.
    private void AddWithParts(ushort glyph, SortedSet<ushort> needed)
    {
        const int WordArguments = 0x1, Scale = 0x8, More = 0x20, TwoScales = 0x40, Matrix = 0x80;
        var outline = Outline(glyph);
        if (!needed.Add(glyph) || outline.Length == 0 || Signed(outline, 0) >= 0)
        {
            return;
        }

        for (var (at, flags) = (10, More); (flags & More) != 0;)
        {
            flags = Unsigned(outline, at);
            AddWithParts((ushort)Unsigned(outline, at + 2), needed);
            at += 4 + ((flags & WordArguments) != 0 ? 4 : 2) + ((flags & Scale) != 0 ? 2 : (flags & TwoScales) != 0 ? 4 : (flags & Matrix) != 0 ? 8 : 0);
        }
    }

    // The letters of the basic plane (cmap format 4, platform Windows, Unicode).
    private void ReadLetters()
    {
        var map = Table("cmap");
        for (var index = 0; index < Unsigned(map, 2); index++)
        {
            var entry = map.Slice(4 + (8 * index), 8);
            var part = map[BinaryPrimitives.ReadInt32BigEndian(entry[4..])..];
            if (Unsigned(entry, 0) == 3 && Unsigned(entry, 2) == 1 && Unsigned(part, 0) == 4)
            {
                ReadSegments(part);
                return;
            }
        }

        throw new InvalidOperationException("Expected a font with a Unicode map of format 4; found one without.");
    }

    private void ReadSegments(ReadOnlySpan<byte> part)
    {
        var doubled = Unsigned(part, 6);
        for (var segment = 0; segment < doubled; segment += 2)
        {
            var (last, first) = (Unsigned(part, 14 + segment), Unsigned(part, 16 + doubled + segment));
            var (delta, rangeAt) = (Unsigned(part, 16 + (2 * doubled) + segment), 16 + (3 * doubled) + segment);
            var range = Unsigned(part, rangeAt);
            for (var letter = first; letter <= last && letter != 0xFFFF; letter++)
            {
                var glyph = range == 0 ? letter + delta : Unsigned(part, rangeAt + range + (2 * (letter - first))) is var listed and > 0 ? listed + delta : 0;
                if ((glyph & 0xFFFF) != 0)
                {
                    _glyphs[letter] = (ushort)glyph;
                }
            }
        }
    }
}
