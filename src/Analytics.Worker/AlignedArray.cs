using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Worker;

/// <summary>Zeroed structs that start at a cache line and never move, so that one of 32 or 64 bytes never lies across two lines. No bounds are checked.</summary>
internal sealed class AlignedArray<T>
    where T : unmanaged
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Line = 64;

    private readonly byte[] _memory;
    private readonly nint _origin;

    /// <summary>Room for <paramref name="length"/> of them.</summary>
    public unsafe AlignedArray(int length)
    {
        Length = length;
        _memory = GC.AllocateArray<byte>(checked(length * Unsafe.SizeOf<T>() + Line), pinned: true);
        _origin = -(nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)) & (Line - 1);
    }

    /// <summary>How many.</summary>
    public int Length { get; }

    /// <summary>One of them; <paramref name="place"/> must be below <see cref="Length"/>.</summary>
    public ref T this[nint place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_memory), _origin)), place);
    }

    /// <summary>Zeroes them.</summary>
    public void Clear() => _memory.AsSpan().Clear();
}
