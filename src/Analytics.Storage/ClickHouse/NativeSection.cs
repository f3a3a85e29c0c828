using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Storage.ClickHouse;

/// <summary>Bytes of a <see cref="NativeColumn"/> that follow each other on the wire. Grows by doubling, in arrays of the shared pool. One thread.</summary>
internal sealed class NativeSection : IDisposable
{
    private byte[] _bytes = [];

    /// <summary>Bytes used.</summary>
    public int Length { get; private set; }

    /// <summary>Pairs of a Map so far.</summary>
    public ulong Items { get; set; }

    /// <summary>The bytes used.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>The bytes used, as numbers.</summary>
    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(0, Length));

    /// <summary>Adds this many numbers, which the caller writes. Valid until the next addition.</summary>
    public Span<T> Extend<T>(int count)
        where T : unmanaged
    {
        var size = checked(count * Unsafe.SizeOf<T>());
        Reserve(size);
        var added = MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(Length, size));
        Length += size;
        return added;
    }

    /// <summary>Adds a number in its little-endian form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(T value)
        where T : unmanaged
    {
        Reserve(Unsafe.SizeOf<T>());
        Unsafe.WriteUnaligned(ref _bytes[Length], value);
        Length += Unsafe.SizeOf<T>();
    }

    /// <summary>Adds bytes as they are.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Adds a text with its length before it.</summary>
    public void AddText(ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length + 5);
        var at = Length;
        var length = (uint)utf8.Length;
        for (; length >= 0x80; length >>= 7)
        {
            _bytes[at++] = (byte)(length | 0x80);
        }

        _bytes[at++] = (byte)length;
        utf8.CopyTo(_bytes.AsSpan(at));
        Length = at + utf8.Length;
    }

    /// <summary>Bytes of memory that the section holds, used or not.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Empties the section and keeps its memory.</summary>
    public void Clear() => (Length, Items) = (0, 0);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, Length, Items) = ([], 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int more)
    {
        if (_bytes.Length - Length < more)
        {
            Grow(more);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int more)
    {
        var grown = ArrayPool<byte>.Shared.Rent(checked(Math.Max(Length + more, Math.Max(256, Length * 2))));
        _bytes.AsSpan(0, Length).CopyTo(grown);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = grown;
    }
}
