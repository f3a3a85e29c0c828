using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Core.Avro;

/// <summary>A 64-bit hash of bytes: the identity of users and sessions in sketches, and the hash of word tables.</summary>
/// <remarks>
/// Stored in sketches on disk, so it must never change. Each 8 bytes are folded by one 64 × 64 → 128 bit multiplication (as wyhash does);
/// a tail shorter than 8 bytes is read as one little-endian number, and the length goes into the last round.
/// </remarks>
public static class Hash64
{
    private const ulong Seed = 0xA0761D6478BD642F;
    private const ulong Factor = 0xE7037ED1A0B428DB;

    /// <summary>The hash of <paramref name="bytes"/>.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var hash = Seed;
        var left = bytes.Length;
        while (left >= 8)
        {
            hash = Fold(hash ^ Unsafe.ReadUnaligned<ulong>(ref at), Factor);
            at = ref Unsafe.Add(ref at, 8);
            left -= 8;
        }

        return Mix(Fold(hash ^ Tail(ref at, left, bytes.Length), Factor ^ (ulong)bytes.Length));
    }

    // The last bytes as one little-endian number, from at most three loads that may overlap.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(ref byte at, int left, int length)
    {
        if (left == 0)
        {
            return 0;
        }

        if (length >= 8)
        {
            return Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, left - 8)) >> (8 * (8 - left));
        }

        if (left >= 4)
        {
            return Unsafe.ReadUnaligned<uint>(ref at) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, left - 4)) << (8 * (left - 4)));
        }

        return at | ((ulong)Unsafe.Add(ref at, left >> 1) << (8 * (left >> 1))) | ((ulong)Unsafe.Add(ref at, left - 1) << (8 * (left - 1)));
    }

    /// <summary>Joins a number into a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Join(ulong hash, ulong value) => Fold(hash ^ value, Factor);

    /// <summary>Spreads the bits of a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value) => Fold(value ^ Seed, Factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
