using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Storage.ClickHouse;

/// <summary>Bytes of a <see cref="NativeColumn"/> that follow each other on the wire, in pages of the shared pool: they grow without being copied. One thread.</summary>
internal sealed class NativeSection
{
    private const int LongestPrefix = 5;
    private readonly List<Page> _full = [];
    private byte[] _page = [];
    private int _used;
    private int _before;

    /// <summary>Bytes used.</summary>
    public int Length => _before + _used;

    /// <summary>Pairs of a Map so far.</summary>
    public ulong Items { get; set; }

    /// <summary>Bytes of memory that the section holds, used or not.</summary>
    public long Capacity
    {
        get
        {
            long capacity = _page.Length;
            foreach (var page in _full)
            {
                capacity += page.Bytes.Length;
            }

            return capacity;
        }
    }

    /// <summary>The bytes used, page by page.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Parts
    {
        get
        {
            foreach (var page in _full)
            {
                yield return page.Bytes.AsMemory(0, page.Used);
            }

            if (_used > 0)
            {
                yield return _page.AsMemory(0, _used);
            }
        }
    }

    /// <summary>Adds this many numbers, which the caller writes, in one page. Few at a time waste least. Valid until the next addition.</summary>
    public Span<T> Extend<T>(int count)
        where T : unmanaged
    {
        var size = checked(count * Unsafe.SizeOf<T>());
        Reserve(size);
        var added = MemoryMarshal.Cast<byte, T>(_page.AsSpan(_used, size));
        _used += size;
        return added;
    }

    /// <summary>Adds a number in its little-endian form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(T value)
        where T : unmanaged
    {
        Reserve(Unsafe.SizeOf<T>());
        Unsafe.WriteUnaligned(ref _page[_used], value);
        _used += Unsafe.SizeOf<T>();
    }

    /// <summary>Adds bytes as they are, over as many pages as they need.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            Reserve(1);
            var some = bytes[..Math.Min(bytes.Length, _page.Length - _used)];
            some.CopyTo(_page.AsSpan(_used));
            _used += some.Length;
            bytes = bytes[some.Length..];
        }
    }

    /// <summary>Adds a text with its length before it.</summary>
    public void AddText(ReadOnlySpan<byte> utf8)
    {
        Reserve(LongestPrefix);
        var at = _used;
        var length = (uint)utf8.Length;
        for (; length >= 0x80; length >>= 7)
        {
            _page[at++] = (byte)(length | 0x80);
        }

        _page[at++] = (byte)length;
        _used = at;
        if (utf8.Length <= _page.Length - at)
        {
            utf8.CopyTo(_page.AsSpan(at));
            _used = at + utf8.Length;
        }
        else
        {
            AddBytes(utf8);
        }
    }

    /// <summary>Makes wider numbers of all numbers.</summary>
    public void Widen<TFrom, TTo>()
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        Page[] narrow = [.. _full, new Page(_page, _used)];
        Forget();
        foreach (var page in narrow)
        {
            foreach (var number in MemoryMarshal.Cast<byte, TFrom>(page.Bytes.AsSpan(0, page.Used)))
            {
                Add(TTo.CreateTruncating(number));
            }

            PagePool.Shared.Return(page.Bytes);
        }
    }

    /// <summary>Empties the section and gives its pages back.</summary>
    public void Clear()
    {
        foreach (var page in _full)
        {
            PagePool.Shared.Return(page.Bytes);
        }

        PagePool.Shared.Return(_page);
        Forget();
    }

    private void Forget()
    {
        _full.Clear();
        (_page, _used, _before, Items) = ([], 0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int more)
    {
        if (_page.Length - _used < more)
        {
            Turn(more);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Turn(int more)
    {
        var isFirst = Length == 0;
        if (_used > 0)
        {
            _full.Add(new Page(_page, _used));
            _before = checked(_before + _used);
        }
        else
        {
            PagePool.Shared.Return(_page);
        }

        (_page, _used) = (PagePool.Shared.Rent(more, isFirst), 0);
    }

    private readonly record struct Page(byte[] Bytes, int Used);
}
