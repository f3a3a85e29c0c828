using System.Globalization;

namespace Analytics.Worker.Enriching;

/// <summary>The country of an IP address, from a table of ranges that is read once.</summary>
/// <remarks>
/// File: lines of <c>first,last,CC</c>, the addresses as decimal numbers, 32 bits for IPv4 and 128 for IPv6, sorted or not, both kinds in one
/// file or in two (npm <c>@ip-location-db/geo-whois-asn-country</c>, the <c>-num</c> files). Immutable; any thread.
/// </remarks>
internal sealed class CountryTable
{
    private readonly UInt128[] _first;
    private readonly UInt128[] _last;
    private readonly ushort[] _codes;
    private readonly uint[] _firstV4;
    private readonly uint[] _lastV4;
    private readonly ushort[] _codesV4;

    private CountryTable(List<Range> ranges)
    {
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        Range[] v4 = [.. ranges.Where(range => range.IsV4)], v6 = [.. ranges.Where(range => !range.IsV4)];
        (_firstV4, _lastV4, _codesV4) = ([.. v4.Select(range => (uint)range.First)], [.. v4.Select(range => (uint)range.Last)], [.. v4.Select(range => range.Code)]);
        (_first, _last, _codes) = ([.. v6.Select(range => range.First)], [.. v6.Select(range => range.Last)], [.. v6.Select(range => range.Code)]);
    }

    /// <summary>A table without ranges: only countries that producers give are known.</summary>
    public static CountryTable Empty { get; } = new([]);

    /// <summary>Reads a table.</summary>
    /// <exception cref="FormatException">A line is not <c>number,number,CC</c>.</exception>
    public static CountryTable Read(params IEnumerable<string> files)
    {
        var ranges = new List<Range>();
        foreach (var file in files)
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                ranges.Add(Parse(line) ?? throw new FormatException(
                    $"{file}, line {number}: expected first,last,CC with decimal addresses, found '{line}'. Use the -num form of the table."));
            }
        }

        return new CountryTable(ranges);
    }

    /// <summary>The country's two letters as <c>first &lt;&lt; 8 | second</c>; 0 when no range has the address.</summary>
    public ushort Find(UInt128 address, bool isV4)
    {
        if (isV4)
        {
            var v4 = (uint)(ulong)address;
            var below = Below(_firstV4.AsSpan().BinarySearch(v4));
            return below >= 0 && v4 <= _lastV4[below] ? _codesV4[below] : (ushort)0;
        }

        var at = Below(_first.AsSpan().BinarySearch(address));
        return at >= 0 && address <= _last[at] ? _codes[at] : (ushort)0;
    }

    // BinarySearch answers the complement of the first larger element where there is no equal one.
    private static int Below(int found) => found >= 0 ? found : ~found - 1;

    private static Range? Parse(string line)
    {
        var parts = line.Split(',');
        if (parts.Length != 3 || parts[2].Length != 2 || !char.IsAsciiLetterUpper(parts[2][0]) || !char.IsAsciiLetterUpper(parts[2][1])
            || !UInt128.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !UInt128.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            return null;
        }

        return new Range(first, last, (ushort)((parts[2][0] << 8) | parts[2][1]), last <= uint.MaxValue);
    }

    private readonly record struct Range(UInt128 First, UInt128 Last, ushort Code, bool IsV4);
}
