using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>Takes the steps of a plan over one record.</summary>
/// <remarks>
/// <see cref="Go"/> gives the place behind what it read, or the complement of a verdict. Columns are cast without a check, because
/// <see cref="AvroTarget"/> checked each of them once.
/// </remarks>
internal ref partial struct PlanRun(PlanProgram program, AvroTarget target, ref byte bytes, int end)
{
    private readonly ref byte _bytes = ref bytes;
    private readonly ref Op _ops = ref MemoryMarshal.GetArrayDataReference(program.Ops);
    private readonly int _end = end;
    private readonly ref Column _columns = ref MemoryMarshal.GetArrayDataReference(target.Columns);
    private readonly PlanProgram _program = program;
    private readonly AvroTarget _target = target;
    private int _itemsLeft = AvroLimits.RecordItems;
    private int _depth;

    /// <summary>Takes the steps from <paramref name="step"/> to the end of their segment.</summary>
    public int Go(int step, int row, int at)
    {
        ref var bytes = ref _bytes;
        ref var op = ref Unsafe.Add(ref _ops, step);
        var end = _end;
        for (; at >= 0; op = ref Unsafe.Add(ref op, 1))
        {
            var code = op.Code;
            long number = 0;
            if (code <= OpCode.LastWithNumber)
            {
                number = Varint.Read(ref bytes, ref at, end);
                if (code <= OpCode.LastMaybe && at <= end)
                {
                    if (number == op.A)
                    {
                        SetNothing(code, op.Slot, row);
                        continue;
                    }

                    code += OpCode.Long - OpCode.MaybeLong;
                    number = number == (op.A ^ 1) ? Varint.Read(ref bytes, ref at, end) : Varint.Refuse(ref at);
                }

                if (at > end)
                {
                    return Cut(at);
                }
            }

            switch (code)
            {
                case OpCode.Long:
                    Longs(op.Slot)[row] = number;
                    continue;
                case OpCode.Text:
                    at = ReadText(op.Slot, number, row, at);
                    continue;
                case OpCode.TextWord:
                    at = ReadWord(op.Slot, number, row, at);
                    continue;
                case OpCode.SkipBytes:
                    at = (ulong)number > (uint)(end - at) ? TooLong(number) : at + (int)number;
                    continue;
                case OpCode.SkipLong:
                    continue;
                case OpCode.Fixed16:
                    at = ReadFixed16(op.Slot, row, at);
                    continue;
                case OpCode.MapSpan:
                    at = at < end && Unsafe.Add(ref bytes, at) == 0 ? EndEmptyMap(op.Slot, row, at) : ReadMapSpan(in op, row, at);
                    continue;
                case OpCode.Union or OpCode.Jump:
                    var next = code == OpCode.Jump ? op.A : BranchOf(op.A, number);
                    if (next < 0)
                    {
                        return next;
                    }

                    op = ref Unsafe.Add(ref _ops, next - 1);
                    continue;
                case OpCode.End:
                    return at;
                default:
                    at = code <= OpCode.LastWithNumber ? TakeNumber(in op, code, number, row, at) : TakeOther(in op, row, at);
                    continue;
            }
        }

        return at;
    }

    // The value of an optional field that is null; what is passed over has no column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void SetNothing(OpCode code, int slot, int row)
    {
        if (code <= OpCode.MaybeInt)
        {
            Longs(slot)[row] = LongColumn.Absent;
        }
        else if (code == OpCode.MaybeText)
        {
            Unsafe.As<SpanColumn>(Unsafe.Add(ref _columns, slot)).Length[row] = -1;
        }
        else if (code == OpCode.MaybeTextWord)
        {
            Unsafe.As<WordColumn>(Unsafe.Add(ref _columns, slot)).Ids[row] = 0;
        }
    }

    // Where a branch of the writer's union goes on.
    private readonly int BranchOf(int table, long branch)
    {
        var branches = _program.Tables[table];
        return (ulong)branch < (uint)branches.Length ? branches[branch] : ~(int)Verdict.Corrupt;
    }

    private readonly int EndEmptyMap(int slot, int row, int at)
    {
        Spans(slot, row, at, 1);
        return at + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ReadText(int slot, long length, int row, int at)
    {
        if ((ulong)length > (uint)(_end - at))
        {
            return TooLong(length);
        }

        if (!Utf8Text.IsValid(ref Unsafe.Add(ref _bytes, at), (int)length))
        {
            return ~(int)Verdict.InvalidUtf8;
        }

        Spans(slot, row, at, (int)length);
        return at + (int)length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ReadWord(int slot, long length, int row, int at)
    {
        if ((ulong)length > (uint)(_end - at))
        {
            return TooLong(length);
        }

        // Short and ASCII, as nearly all are: checked, hashed and compared as one vector.
        var word = length <= 32 ? Utf8Text.LoadShort(ref Unsafe.Add(ref _bytes, at), (int)length) : Vector256<byte>.AllBitsSet;
        if (word.ExtractMostSignificantBits() == 0)
        {
            Unsafe.As<WordColumn>(Unsafe.Add(ref _columns, slot)).Ids[row] = _target.Words.InternShort(word, (int)length);
        }
        else if (!ReadOtherWord(slot, row, at, (int)length))
        {
            return ~(int)Verdict.InvalidUtf8;
        }

        return at + (int)length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ReadFixed16(int slot, int row, int at)
    {
        if (_end - at < 16)
        {
            return ~(int)Verdict.Truncated;
        }

        var ids = Unsafe.As<Fixed16Column>(Unsafe.Add(ref _columns, slot));
        ids.High[row] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref _bytes, at)));
        ids.Low[row] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref _bytes, at + 8)));
        return at + 16;
    }

    // A word that is long or not ASCII.
    private readonly bool ReadOtherWord(int slot, int row, int at, int length)
    {
        ref var word = ref Unsafe.Add(ref _bytes, at);
        if (!Utf8Text.IsValid(ref word, length))
        {
            return false;
        }

        Unsafe.As<WordColumn>(Unsafe.Add(ref _columns, slot)).Ids[row] = _target.Words.Intern(MemoryMarshal.CreateReadOnlySpan(ref word, length));
        return true;
    }

    private readonly long[] Longs(int slot) => Unsafe.As<LongColumn>(Unsafe.Add(ref _columns, slot)).Values;

    private readonly double[] Doubles(int slot) => Unsafe.As<DoubleColumn>(Unsafe.Add(ref _columns, slot)).Values;

    private readonly void Spans(int slot, int row, int start, int length)
    {
        var spans = Unsafe.As<SpanColumn>(Unsafe.Add(ref _columns, slot));
        (spans.Start[row], spans.Length[row]) = (start, length);
    }

    private static int Cut(int at) => ~(int)(Varint.IsMalformed(at) ? Verdict.Corrupt : Verdict.Truncated);

    private static int TooLong(long length) => ~(int)(length < 0 ? Verdict.Corrupt : Verdict.Truncated);
}
