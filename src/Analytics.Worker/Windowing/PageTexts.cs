using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Analytics.Core.Avro;

namespace Analytics.Worker.Windowing;

/// <summary>The pages of one chunk and lane, each kept once: URLs without query and fragment, cut to <see cref="Longest"/> bytes.</summary>
/// <remarks>
/// A page is the place of its text in one array, where its length stands before it; 0 is no page. What comes out depends on the texts alone, never on their
/// places. A page that is known costs two lines of memory, which <see cref="Expect"/> and <see cref="ExpectText"/> fetch ahead. One thread.
/// </remarks>
internal sealed class PageTexts
{
    /// <summary>Bytes of a page that are kept; a path that is longer is not told from one that begins alike.</summary>
    public const int Longest = 256;

    private const int Prefix = sizeof(ushort);

    // The upper half is that of the page's hash, the lower half its place.
    private ulong[] _slots = new ulong[64];
    private byte[] _bytes = new byte[1024];
    private int _count;
    private int _used = 1;

    /// <summary>The bytes of all pages.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The text of a page; empty for 0.</summary>
    public ReadOnlySpan<byte> this[int page] => _bytes.AsSpan(RangeOf(page));

    /// <summary>Where the text of a page stands in <see cref="Bytes"/>; empty for 0.</summary>
    public Range RangeOf(int page) =>
        page == 0 ? default : (page + Prefix)..(page + Prefix + BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(page)));

    /// <summary>The part of a URL that is its page.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> url)
    {
        var text = url.IndexOfAny((byte)'?', (byte)'#') is >= 0 and var end ? url[..end] : url;
        if (text.Length <= Longest)
        {
            return text;
        }

        // Never through the middle of a letter.
        var length = Longest;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return text[..length];
    }

    /// <summary>Brings the slot of a page's hash into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Expect(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _slots[(int)hash & (_slots.Length - 1)]));
        }
    }

    /// <summary>Brings the text of a page into the cache, whose slot is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void ExpectText(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _bytes[(int)_slots[(int)hash & (_slots.Length - 1)]]));
        }
    }

    /// <summary>The page of a text.</summary>
    /// <param name="text">From <see cref="Cut"/>, not empty.</param>
    /// <param name="hash">Its <see cref="Hash64"/>.</param>
    public int PageOf(ReadOnlySpan<byte> text, ulong hash)
    {
        var mask = _slots.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            var slot = _slots[at];
            if (slot == 0)
            {
                return Add(text, hash);
            }

            if ((slot ^ hash) >> 32 == 0 && this[(int)slot].SequenceEqual(text))
            {
                return (int)slot;
            }
        }
    }

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _slots.AsSpan().Clear();
        (_count, _used) = (0, 1);
    }

    private int Add(ReadOnlySpan<byte> text, ulong hash)
    {
        if (++_count * 2 > _slots.Length)
        {
            Grow();
        }

        var end = _used + Prefix + text.Length;
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)end));
        }

        var page = _used;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(page), (ushort)text.Length);
        text.CopyTo(_bytes.AsSpan(page + Prefix));
        _used = end;
        Place(page, hash);
        return page;
    }

    private void Grow()
    {
        var slots = _slots;
        _slots = new ulong[slots.Length * 2];
        foreach (var slot in slots)
        {
            if (slot != 0)
            {
                Place((int)slot, Hash64.Of(this[(int)slot]));
            }
        }
    }

    private void Place(int page, ulong hash)
    {
        var mask = _slots.Length - 1;
        var at = (int)hash & mask;
        while (_slots[at] != 0)
        {
            at = (at + 1) & mask;
        }

        _slots[at] = (hash & 0xFFFF_FFFF_0000_0000) | (uint)page;
    }
}
