using System.Buffers.Text;

namespace Analytics.Worker.Enriching;

/// <summary>Reads and truncates the text of IP addresses in place, without making an object.</summary>
internal static class AddressText
{
    /// <summary>Prefix of every IPv4 address in its mapped form ::ffff:a.b.c.d.</summary>
    private const ulong MappedLow = 0xFFFF_0000_0000;

    /// <summary>The address as a number; an IPv4 address, mapped or not, as its 32 bits with <paramref name="isV4"/> set.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out UInt128 address, out bool isV4)
    {
        (address, isV4) = (0, false);
        if (text.IndexOf((byte)':') < 0)
        {
            isV4 = TryParseV4(text, out var v4);
            address = v4;
            return isV4;
        }

        if (!TryParseV6(text, out address))
        {
            return false;
        }

        if (address >> 64 == 0 && ((ulong)address & ~0xFFFF_FFFFUL) == MappedLow)
        {
            (address, isV4) = ((uint)(ulong)address, true);
        }

        return true;
    }

    /// <summary>Writes the address without its host part (IPv4 /24, IPv6 /48) over its own text.</summary>
    /// <returns>The new length; 0 when there is no room, so that nothing untruncated remains.</returns>
    public static int WriteTruncated(UInt128 address, bool isV4, Span<byte> text)
    {
        var at = 0;
        if (isV4)
        {
            var v4 = (uint)(ulong)address;
            return Write(v4 >> 24, 'D', text, ref at) && Put('.', text, ref at)
                && Write((v4 >> 16) & 0xFF, 'D', text, ref at) && Put('.', text, ref at)
                && Write((v4 >> 8) & 0xFF, 'D', text, ref at) && Put('.', text, ref at) && Put('0', text, ref at) ? at : 0;
        }

        var groups = 3;
        while (groups > 0 && Group(address, groups - 1) == 0)
        {
            groups--;
        }

        for (var i = 0; i < groups; i++)
        {
            if ((i > 0 && !Put(':', text, ref at)) || !Write(Group(address, i), 'x', text, ref at))
            {
                return 0;
            }
        }

        return Put(':', text, ref at) && Put(':', text, ref at) ? at : 0;
    }

    private static uint Group(UInt128 address, int group) => (uint)(address >> (112 - 16 * group)) & 0xFFFF;

    private static bool Put(char letter, Span<byte> text, ref int at)
    {
        if (at >= text.Length)
        {
            return false;
        }

        text[at++] = (byte)letter;
        return true;
    }

    private static bool Write(uint number, char format, Span<byte> text, ref int at)
    {
        var fits = Utf8Formatter.TryFormat(number, text[at..], out var written, format);
        at += written;
        return fits;
    }

    private static bool TryParseV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        for (var part = 0; part < 4; part++)
        {
            if (!Utf8Parser.TryParse(text, out byte value, out var used) || used > 3 || (part < 3 && (used >= text.Length || text[used] != '.')))
            {
                return false;
            }

            address = (address << 8) | value;
            text = text[(part < 3 ? used + 1 : used)..];
        }

        return text.IsEmpty;
    }

    // Groups before a "::" fill from the top, groups after it from the bottom; a zone (%eth0) is not part of the address.
    private static bool TryParseV6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = 0;
        if (text.IndexOf((byte)'%') is >= 0 and var zone)
        {
            text = text[..zone];
        }

        var gap = text.IndexOf("::"u8);
        if (gap < 0)
        {
            return TryParseGroups(text, out address, out var all) && all == 8;
        }

        if (!TryParseGroups(text[..gap], out var head, out var before) || !TryParseGroups(text[(gap + 2)..], out var tail, out var after) || before + after > 7)
        {
            return false;
        }

        address = before == 0 ? tail : (head << (128 - 16 * before)) | tail;
        return true;
    }

    private static bool TryParseGroups(ReadOnlySpan<byte> text, out UInt128 value, out int groups)
    {
        (value, groups) = (0, 0);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)':');
            var part = end < 0 ? text : text[..end];
            if (end < 0 && part.IndexOf((byte)'.') >= 0 && TryParseV4(part, out var v4))
            {
                (value, groups) = ((value << 32) | v4, groups + 2);
            }
            else if (part.Length is > 0 and <= 4 && Utf8Parser.TryParse(part, out ushort group, out var used, 'x') && used == part.Length)
            {
                (value, groups) = ((value << 16) | group, groups + 1);
            }
            else
            {
                return false;
            }

            if (groups > 8 || (end >= 0 && end == text.Length - 1))
            {
                return false;
            }

            text = end < 0 ? default : text[(end + 1)..];
        }

        return true;
    }
}
