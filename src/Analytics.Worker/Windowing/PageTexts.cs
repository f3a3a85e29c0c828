using System.Numerics;
using Analytics.Core.Avro;

namespace Analytics.Worker.Windowing;

/// <summary>The pages of one chunk and lane, each kept once: URLs without query and fragment, cut to <see cref="Longest"/> bytes.</summary>
/// <remarks>
/// Only the bytes of pages that some session entered or left by; one array for all of them, no string. One thread; dropped with its chunk. Ids start at
/// 1, 0 is no page. What comes out depends on the texts alone, never on which ids they got.
/// </remarks>
internal sealed class PageTexts
{
    /// <summary>Bytes of a page that are kept; a path that is longer is not told from one that begins alike.</summary>
    public const int Longest = 256;

    private int[] _slots = new int[64];
    private Page[] _pages = new Page[33];
    private byte[] _bytes = new byte[1024];
    private int _count;
    private int _used;

    /// <summary>The bytes of all pages.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where the text of a page stands in <see cref="Bytes"/>; empty for 0.</summary>
    public Range RangeOf(int page) => _pages[page].Start..(_pages[page].Start + _pages[page].Length);

    /// <summary>The text of a page; empty for 0.</summary>
    public ReadOnlySpan<byte> this[int page] => _bytes.AsSpan(_pages[page].Start, _pages[page].Length);

    /// <summary>The page of a URL; 0 for an empty one.</summary>
    public int PageOf(ReadOnlySpan<byte> url)
    {
        var text = Cut(url.IndexOfAny((byte)'?', (byte)'#') is >= 0 and var end ? url[..end] : url);
        if (text.IsEmpty)
        {
            return 0;
        }

        var hash = Hash64.Of(text);
        var mask = _slots.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            var page = _slots[at];
            if (page == 0)
            {
                return Add(text, (uint)(hash >> 32), hash);
            }

            if (_pages[page].Tag == (uint)(hash >> 32) && this[page].SequenceEqual(text))
            {
                return page;
            }
        }
    }

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _slots.AsSpan().Clear();
        (_count, _used) = (0, 0);
    }

    // Never through the middle of a letter.
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (text.Length <= Longest)
        {
            return text;
        }

        var length = Longest;
        while ((text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return text[..length];
    }

    private int Add(ReadOnlySpan<byte> text, uint tag, ulong hash)
    {
        if ((_count + 1) * 2 > _slots.Length)
        {
            Grow();
        }

        if (_used + text.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(_used + text.Length)));
        }

        text.CopyTo(_bytes.AsSpan(_used));
        _pages[++_count] = new Page(_used, (ushort)text.Length, tag, (int)hash);
        _used += text.Length;
        Place(_count);
        return _count;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        Array.Resize(ref _pages, (_slots.Length / 2) + 1);
        for (var page = 1; page <= _count; page++)
        {
            Place(page);
        }
    }

    private void Place(int page)
    {
        var mask = _slots.Length - 1;
        var at = _pages[page].Home & mask;
        while (_slots[at] != 0)
        {
            at = (at + 1) & mask;
        }

        _slots[at] = page;
    }

    private readonly record struct Page(int Start, ushort Length, uint Tag, int Home);
}
