using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Analytics.Core.Avro;

/// <summary>Zigzag numbers of variable length. Source: Avro 1.11 specification, "Primitive Types".</summary>
internal static unsafe class Varint
{
    private const int Malformed = int.MaxValue;
    private const int Cut = int.MaxValue - 1;
    private const int LongestBytes = 10;
    private const ulong HighBits = 0x8080808080808080;
    private static readonly bool ExtractsFast = Bmi2.X64.IsSupported && !ExtractsSlowly();

    /// <summary>Reads the number at <paramref name="at"/> and moves behind it. A place behind the record's end means failure: <see cref="IsMalformed"/> or cut off.</summary>
    /// <remarks>
    /// Loads 8 bytes at once, so that many must be readable behind the record. The place goes to the longer way by value: a reference to it would keep it
    /// in memory, which costs a third of the time of a whole record.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Read(byte* bytes, ref int at, int end)
    {
        uint first = bytes[at];
        if (first < 0x80)
        {
            at++;
            return (int)(first >> 1) ^ -(int)(first & 1);
        }

        var value = ReadMany(bytes, at, end, out var behind);
        at = behind;
        return value;
    }

    /// <summary>Moves to the place that means malformed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Refuse(ref int at)
    {
        at = Malformed;
        return 0;
    }

    /// <summary>True when the place that <see cref="Read"/> left means a number of over 10 bytes or 64 bits; else the record ended inside it.</summary>
    public static bool IsMalformed(int at) => at == Malformed;

    /// <summary>The high bits of the bytes that end a number, of 8 bytes; the lowest is that of the first number. 0: it is longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Stops(ulong word) => ~word & HighBits;

    /// <summary>Bytes of the first number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Length(ulong stops) => (BitOperations.TrailingZeroCount(stops) >> 3) + 1;

    /// <summary>The first number: all bits up to and with the first stop, then 8 groups of 7 bits pushed together, in one step or in three halvings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Fold(ulong word, ulong stops)
    {
        word &= stops ^ (stops - 1);
        if (ExtractsFast)
        {
            word = Bmi2.X64.ParallelBitExtract(word, ~HighBits);
            return (long)(word >> 1) ^ -(long)(word & 1);
        }

        word &= ~HighBits;
        word = (word & 0x007F007F007F007F) | ((word & 0x7F007F007F007F00) >> 1);
        word = (word & 0x00003FFF00003FFF) | ((word & 0x3FFF00003FFF0000) >> 2);
        word = (word & 0x000000000FFFFFFF) | ((word & 0x0FFFFFFF00000000) >> 4);
        return (long)(word >> 1) ^ -(long)(word & 1);
    }

    // Before their family 0x19, processors that are not Intel's extract bit by bit, which takes 80 ns and not 1.
    private static bool ExtractsSlowly()
    {
        const int Intel = 0x756E6547;
        var version = X86Base.CpuId(1, 0).Eax;
        return X86Base.CpuId(0, 0).Ebx != Intel && ((version >> 8) & 0xF) + ((version >> 20) & 0xFF) < 0x19;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long ReadMany(byte* bytes, int at, int end, out int behind)
    {
        var word = Unsafe.ReadUnaligned<ulong>(bytes + at);
        var stops = Stops(word);
        if (stops == 0)
        {
            return ReadLongest(bytes, at, end, out behind);
        }

        behind = at + Length(stops);
        return Fold(word, stops);
    }

    private static long ReadLongest(byte* bytes, int at, int end, out int behind)
    {
        ulong value = 0;
        for (var i = 0; i < LongestBytes; i++)
        {
            if (at + i >= end)
            {
                behind = Cut;
                return 0;
            }

            ulong one = bytes[at + i];
            value |= (one & 0x7F) << (7 * i);
            if (one < 0x80)
            {
                behind = i == LongestBytes - 1 && one > 1 ? Malformed : at + i + 1;
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        behind = Malformed;
        return 0;
    }
}
