using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Analytics.Core.Avro;

/// <summary>Says whether bytes are UTF-8, quickly for the texts that events have: short, and nearly all of them ASCII.</summary>
internal static class Utf8Text
{
    /// <summary>True for well-formed UTF-8.</summary>
    /// <remarks>Loads 32 bytes at once, so that many must be readable behind the text; those behind it are masked out.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(ref byte text, int length)
    {
        if (length <= 32)
        {
            var high = Vector256.LoadUnsafe(ref text).ExtractMostSignificantBits();
            return (high & ((1UL << length) - 1)) == 0 || Validate(ref text, length);
        }

        return IsValidLong(ref text, length);
    }

    /// <summary>The first <paramref name="length"/> of 32 bytes, at most 32, with zeros for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LoadShort(ref byte text, int length) =>
        Vector256.LoadUnsafe(ref text) & Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(Keep), (nuint)(32 - length));

    private static ReadOnlySpan<byte> Keep =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    private static bool IsValidLong(ref byte text, int length)
    {
        var high = Vector256<byte>.Zero;
        var at = 0;
        for (; at <= length - 32; at += 32)
        {
            high |= Vector256.LoadUnsafe(ref text, (nuint)at);
        }

        // The last 32 bytes overlap what was seen already.
        high |= Vector256.LoadUnsafe(ref text, (nuint)(length - 32));
        return high.ExtractMostSignificantBits() == 0 || Validate(ref text, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Validate(ref byte text, int length) => Utf8.IsValid(MemoryMarshal.CreateReadOnlySpan(ref text, length));
}
