using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Analytics.Core.Avro;

/// <summary>Says whether bytes are UTF-8, quickly for the texts that events have: short, and nearly all of them ASCII.</summary>
internal static unsafe class Utf8Text
{
    /// <summary>True for well-formed UTF-8.</summary>
    /// <remarks>Loads 32 bytes at once, so that many must be readable behind the text; those behind it are masked out.</remarks>
    public static bool IsValid(byte* text, int length) => length < 64 && IsAscii(text, length) || IsValidLong(text, length);

    /// <summary>True when none of the first <paramref name="length"/> bytes, at most 63, has its high bit set.</summary>
    /// <remarks>Loads 32 or 64 bytes at once, so that many must be readable behind the text's start.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAscii(byte* text, int length)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return (Vector512.Load(text).ExtractMostSignificantBits() & ((1UL << length) - 1)) == 0;
        }

        ulong high = Vector256.Load(text).ExtractMostSignificantBits();
        high |= length > 32 ? (ulong)Vector256.Load(text + 32).ExtractMostSignificantBits() << 32 : 0;
        return (high & ((1UL << length) - 1)) == 0;
    }

    /// <summary>The first <paramref name="length"/> of 32 bytes, at most 32, with zeros for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LoadShort(byte* text, int length) =>
        Vector256.Load(text) & Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(Keep), (nuint)(32 - length));

    /// <summary>True when no byte has its high bit set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAscii(Vector256<byte> text) => text.ExtractMostSignificantBits() == 0;

    private static ReadOnlySpan<byte> Keep =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    private static bool IsValidLong(byte* text, int length)
    {
        var high = Vector256<byte>.Zero;
        var at = 0;
        for (; at <= length - 32; at += 32)
        {
            high |= Vector256.Load(text + at);
        }

        // The last 32 bytes overlap what was seen already; a text shorter than that is known not to be ASCII.
        return (length >= 32 && IsAscii(high | Vector256.Load(text + length - 32))) || Utf8.IsValid(new ReadOnlySpan<byte>(text, length));
    }
}
