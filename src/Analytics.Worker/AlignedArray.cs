using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Worker;

/// <summary>Zeroed structs that start at a cache line and never move, so that one of 32 or 64 bytes never lies across two lines. No bounds are checked.</summary>
/// <remarks>
/// From 2 MiB on the memory is the system's, in pages of 2 MiB where it has them: a table that is read at random otherwise misses in the processor's list of
/// pages nearly as often as in its cache. It is freed when nobody refers to the array any more. Small ones, of which a chunk has many, are the garbage collector's alone.
/// </remarks>
internal sealed class AlignedArray<T>
    where T : unmanaged
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Line = 64;

    // What holds the memory: the collector's array, or the system's pages.
    private readonly object _memory;
    private readonly nuint _size;
    private readonly unsafe T* _first;

    /// <summary>Room for <paramref name="length"/> of them.</summary>
    public unsafe AlignedArray(int length)
    {
        Length = length;
        _size = checked((nuint)length * (nuint)Unsafe.SizeOf<T>());
        if (_size < HugePages.Size)
        {
            var memory = GC.AllocateArray<byte>((int)_size + Line, pinned: true);
            var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
            _first = (T*)((start + Line - 1) & ~(nuint)(Line - 1));
            _memory = memory;
            return;
        }

        var pages = new HugePages(_size);
        _first = (T*)pages.First;
        _memory = pages;
    }

    /// <summary>How many.</summary>
    public int Length { get; }

    /// <summary>One of them; <paramref name="place"/> must be below <see cref="Length"/>.</summary>
    public unsafe ref T this[nint place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _first[place];
    }

    /// <summary>Zeroes them.</summary>
    public unsafe void Clear() => NativeMemory.Clear(_first, _size);
}
