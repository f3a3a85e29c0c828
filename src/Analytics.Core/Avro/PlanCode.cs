using System.Numerics;
using System.Runtime.CompilerServices;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>Machine code of one plan: reads records from <see cref="RecordRun.Row"/> on, until one is not framed as the run's; returns that one's row, or the count.</summary>
internal unsafe delegate int PlanCode(ref PlanRun run, RecordRun* records, Column[] columns, Words words);

/// <summary>Records of one schema as <see cref="PlanCode"/> sees them. Everything it points to stays pinned.</summary>
internal unsafe struct RecordRun
{
    public byte* Bytes;

    /// <summary>Where the last record ends at the latest: <see cref="AvroPlan.Padding"/> bytes before the end of the bytes.</summary>
    public byte* Limit;

    public int* Starts;
    public int* Lengths;
    public Verdict* Verdicts;
    public nint Row;
    public nint Count;

    /// <summary>The longest record, its header included.</summary>
    public int Longest;

    /// <summary>Slot of the column that a refused record keeps, or -1.</summary>
    public int Keep;

    /// <summary>The 5 bytes of the header as the high bytes of a little-endian number.</summary>
    public ulong Header;
}

/// <summary>What emitted code calls: small parts that are built into it, and the longer ways that few values take.</summary>
internal static unsafe class PlanSteps
{
    public static ref long Longs(Column[] columns, int slot) => ref Unsafe.As<LongColumn>(columns[slot]).Values[0];

    public static ref double Doubles(Column[] columns, int slot) => ref Unsafe.As<DoubleColumn>(columns[slot]).Values[0];

    public static ref ulong Highs(Column[] columns, int slot) => ref Unsafe.As<Fixed16Column>(columns[slot]).High[0];

    public static ref ulong Lows(Column[] columns, int slot) => ref Unsafe.As<Fixed16Column>(columns[slot]).Low[0];

    public static ref int SpanStarts(Column[] columns, int slot) => ref Unsafe.As<SpanColumn>(columns[slot]).Start[0];

    public static ref int SpanLengths(Column[] columns, int slot) => ref Unsafe.As<SpanColumn>(columns[slot]).Length[0];

    public static ref int Ids(Column[] columns, int slot) => ref Unsafe.As<WordColumn>(columns[slot]).Ids[0];

    /// <summary>Half of an even byte; a large number for an odd one, which stands for a negative length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Half(uint one) => (int)BitOperations.RotateRight(one, 1);

    /// <summary>Any text: its length, or -1 where the steps must find the verdict.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Text(byte* at, byte* end, out byte* text)
    {
        var length = Bytes(at, end, out text);
        return length >= 0 && Utf8Text.IsValid(text, length) ? length : -1;
    }

    /// <summary>Any bytes: their length, or -1 where the steps must find the verdict.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Bytes(byte* at, byte* end, out byte* bytes)
    {
        var (behind, left) = (0, (int)(end - at));
        var length = Varint.Read(at, ref behind, left);
        bytes = at + behind;
        return behind <= left && (ulong)length <= (uint)(left - behind) ? (int)length : -1;
    }

    /// <summary>Any word: its id, or -1 where the steps must find the verdict.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Word(byte* at, byte* end, Words words, out byte* behind)
    {
        var length = Text(at, end, out var text);
        behind = text + length;
        return length < 0 ? -1 : words.Intern(new(text, length));
    }

    /// <summary>Reads a record again, step by step, for its verdict. A refused record is absent but for the column to be kept.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Again(ref PlanRun run, RecordRun* records, nint row)
    {
        var start = records->Starts[row];
        var target = run.Target;
        if (records->Keep >= 0)
        {
            target.Columns[records->Keep].Clear((int)row);
        }

        var verdict = run.Read((int)row, start + WireFormat.HeaderLength, start + records->Lengths[row]);
        records->Verdicts[row] = verdict;
        if (verdict != Verdict.Accepted)
        {
            AvroPlan.Clear((int)row, target, records->Keep);
        }
    }
}
