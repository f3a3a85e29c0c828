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
internal ref struct PlanRun(PlanProgram program, AvroTarget target, ref byte bytes, int end)
{
    private readonly ref byte _bytes = ref bytes;
    private readonly ref Op _ops = ref MemoryMarshal.GetArrayDataReference(program.Ops);
    private readonly int _end = end;
    private readonly PlanProgram _program = program;
    private readonly AvroTarget _target = target;
    private int _itemsLeft = AvroLimits.RecordItems;
    private int _depth;

    /// <summary>Takes the steps from <paramref name="step"/> to the end of their segment.</summary>
    public int Go(int step, int row, int at)
    {
        ref var bytes = ref _bytes;
        ref var op = ref Unsafe.Add(ref _ops, step);
        ref var columns = ref MemoryMarshal.GetArrayDataReference(_target.Columns);
        var end = _end;
        for (; ; op = ref Unsafe.Add(ref op, 1))
        {
            long number = 0;
            if (op.Code <= OpCode.LastWithNumber)
            {
                number = Varint.Read(ref bytes, ref at, end);
                if (at > end)
                {
                    return Cut(at);
                }
            }

            switch (op.Code)
            {
                case OpCode.MaybeLong:
                case OpCode.MaybeInt:
                    if (number == op.A)
                    {
                        Unsafe.As<LongColumn>(Unsafe.Add(ref columns, op.Slot)).Values[row] = LongColumn.Absent;
                        continue;
                    }

                    if (number != (op.A ^ 1))
                    {
                        return ~(int)Verdict.Corrupt;
                    }

                    number = Varint.Read(ref bytes, ref at, end);
                    if (at > end)
                    {
                        return Cut(at);
                    }

                    if (op.Code == OpCode.MaybeInt)
                    {
                        goto case OpCode.Int;
                    }

                    goto case OpCode.Long;
                case OpCode.Int:
                    if (number != (int)number)
                    {
                        return ~(int)Verdict.Corrupt;
                    }

                    goto case OpCode.Long;
                case OpCode.Long:
                    Unsafe.As<LongColumn>(Unsafe.Add(ref columns, op.Slot)).Values[row] = number;
                    continue;

                case OpCode.MaybeText:
                    if (number == op.A)
                    {
                        Unsafe.As<SpanColumn>(Unsafe.Add(ref columns, op.Slot)).Length[row] = -1;
                        continue;
                    }

                    if (number != (op.A ^ 1))
                    {
                        return ~(int)Verdict.Corrupt;
                    }

                    number = Varint.Read(ref bytes, ref at, end);
                    if (at > end)
                    {
                        return Cut(at);
                    }

                    goto case OpCode.Text;
                case OpCode.Text:
                    if ((ulong)number > (uint)(end - at))
                    {
                        return TooLong(number);
                    }

                    if (!Utf8Text.IsValid(ref Unsafe.Add(ref bytes, at), (int)number))
                    {
                        return ~(int)Verdict.InvalidUtf8;
                    }

                    var texts = Unsafe.As<SpanColumn>(Unsafe.Add(ref columns, op.Slot));
                    texts.Start[row] = at;
                    texts.Length[row] = (int)number;
                    at += (int)number;
                    continue;

                case OpCode.MaybeTextWord:
                    if (number == op.A)
                    {
                        Unsafe.As<WordColumn>(Unsafe.Add(ref columns, op.Slot)).Ids[row] = 0;
                        continue;
                    }

                    if (number != (op.A ^ 1))
                    {
                        return ~(int)Verdict.Corrupt;
                    }

                    number = Varint.Read(ref bytes, ref at, end);
                    if (at > end)
                    {
                        return Cut(at);
                    }

                    goto case OpCode.TextWord;
                case OpCode.TextWord:
                    if ((ulong)number > (uint)(end - at))
                    {
                        return TooLong(number);
                    }

                    var word = number <= 32 ? Utf8Text.LoadShort(ref Unsafe.Add(ref bytes, at), (int)number) : Vector256<byte>.AllBitsSet;
                    if (word.ExtractMostSignificantBits() == 0)
                    {
                        Unsafe.As<WordColumn>(Unsafe.Add(ref columns, op.Slot)).Ids[row] = _target.Words.InternShort(word, (int)number);
                    }
                    else if (!ReadOtherWord(op.Slot, row, at, (int)number))
                    {
                        return ~(int)Verdict.InvalidUtf8;
                    }

                    at += (int)number;
                    continue;

                case OpCode.Fixed16:
                    if (end - at < 16)
                    {
                        return ~(int)Verdict.Truncated;
                    }

                    var ids = Unsafe.As<Fixed16Column>(Unsafe.Add(ref columns, op.Slot));
                    ids.High[row] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at)));
                    ids.Low[row] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at + 8)));
                    at += 16;
                    continue;

                case OpCode.MapSpan:
                    if (Unsafe.Add(ref bytes, at) == 0 && at < end)
                    {
                        Spans(op.Slot, row, at, 1);
                        at++;
                        continue;
                    }

                    goto default;
                case OpCode.SkipMaybeBytes:
                case OpCode.SkipMaybeLong:
                    if (number == op.A)
                    {
                        continue;
                    }

                    if (number != (op.A ^ 1))
                    {
                        return ~(int)Verdict.Corrupt;
                    }

                    number = Varint.Read(ref bytes, ref at, end);
                    if (at > end)
                    {
                        return Cut(at);
                    }

                    if (op.Code == OpCode.SkipMaybeLong)
                    {
                        continue;
                    }

                    goto case OpCode.SkipBytes;
                case OpCode.SkipBytes:
                    if ((ulong)number > (uint)(end - at))
                    {
                        return TooLong(number);
                    }

                    at += (int)number;
                    continue;
                case OpCode.SkipLong:
                    continue;
                case OpCode.Jump:
                    op = ref Unsafe.Add(ref _ops, op.A - 1);
                    continue;
                case OpCode.Union:
                    var branches = _program.Tables[op.A];
                    if ((ulong)number >= (uint)branches.Length)
                    {
                        return ~(int)Verdict.Corrupt;
                    }

                    op = ref Unsafe.Add(ref _ops, branches[number] - 1);
                    continue;
                case OpCode.End:
                    return at;
                case OpCode.Fail:
                    return ~op.A;
                default:
                    at = op.Code <= OpCode.LastWithNumber ? TakeNumber(in op, number, row, at) : TakeOther(in op, row, at);
                    if (at < 0)
                    {
                        return at;
                    }

                    continue;
            }
        }
    }

    // A word that is long or not ASCII.
    private readonly bool ReadOtherWord(int slot, int row, int at, int length)
    {
        ref var word = ref Unsafe.Add(ref _bytes, at);
        if (!Utf8Text.IsValid(ref word, length))
        {
            return false;
        }

        Unsafe.As<WordColumn>(_target.Columns[slot]).Ids[row] = _target.Words.Intern(MemoryMarshal.CreateReadOnlySpan(ref word, length));
        return true;
    }

    // The steps that begin with a number and that few fields need.
    private int TakeNumber(in Op op, long number, int row, int at)
    {
        switch (op.Code)
        {
            case OpCode.Rows:
                return ReadRows(in op, number, row, at);
            case OpCode.SkipItems:
                return SkipItems(in op, number, at);
            case OpCode.Enum:
                var symbols = _program.Tables[op.A];
                if ((ulong)number >= (uint)symbols.Length)
                {
                    return ~(int)Verdict.Corrupt;
                }

                Longs(op.Slot)[row] = symbols[number];
                return symbols[number] < 0 ? ~(int)Verdict.IncompatibleSchema : at;
            case OpCode.IntToDouble or OpCode.IntToFloat when number != (int)number:
                return ~(int)Verdict.Corrupt;
            case OpCode.IntToDouble or OpCode.LongToDouble:
                Doubles(op.Slot)[row] = number;
                return at;
            case OpCode.IntToFloat or OpCode.LongToFloat:
                Doubles(op.Slot)[row] = (float)number;
                return at;
            case OpCode.SkipInt:
                return number == (int)number ? at : ~(int)Verdict.Corrupt;
            case OpCode.SkipEnum:
                return (ulong)number < (uint)op.A ? at : ~(int)Verdict.Corrupt;
            default:
                return TakeBytes(in op, number, row, at);
        }
    }

    private int TakeBytes(in Op op, long number, int row, int at)
    {
        if ((ulong)number > (uint)(_end - at))
        {
            return TooLong(number);
        }

        var length = (int)number;
        if (op.Code == OpCode.SkipText && !Utf8Text.IsValid(ref Unsafe.Add(ref _bytes, at), length))
        {
            return ~(int)Verdict.InvalidUtf8;
        }

        if (op.Code == OpCode.Bytes)
        {
            Spans(op.Slot, row, at, length);
        }
        else if (op.Code == OpCode.BytesWord)
        {
            ((WordColumn)_target.Columns[op.Slot]).Ids[row] = _target.Words.Intern(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _bytes, at), length));
        }

        return at + length;
    }

    private int TakeOther(in Op op, int row, int at)
    {
        switch (op.Code)
        {
            case OpCode.SetLong or OpCode.SetDouble or OpCode.SetFixed16 or OpCode.SetSpan or OpCode.SetWord:
                Set(in op, row);
                return at;
            case OpCode.MapSpan:
                return ReadMapSpan(in op, row, at);
            case OpCode.SetRows:
                return SetRows(in op, row, at);
            case OpCode.Call:
                return Inner(op.A, 0, at);
            case OpCode.Boolean or OpCode.SkipBoolean:
                if (at >= _end)
                {
                    return ~(int)Verdict.Truncated;
                }

                var value = Unsafe.Add(ref _bytes, at);
                if (op.Code == OpCode.Boolean)
                {
                    Longs(op.Slot)[row] = value;
                }

                return value <= 1 ? at + 1 : ~(int)Verdict.Corrupt;
            default:
                return TakeFixed(in op, row, at);
        }
    }

    private int TakeFixed(in Op op, int row, int at)
    {
        var size = op.Code switch { OpCode.Float => 4, OpCode.Double => 8, _ => op.A };
        if (_end - at < size)
        {
            return ~(int)Verdict.Truncated;
        }

        switch (op.Code)
        {
            case OpCode.Float:
                Doubles(op.Slot)[row] = Unsafe.ReadUnaligned<float>(ref Unsafe.Add(ref _bytes, at));
                break;
            case OpCode.Double:
                Doubles(op.Slot)[row] = Unsafe.ReadUnaligned<double>(ref Unsafe.Add(ref _bytes, at));
                break;
            case OpCode.FixedSpan:
                Spans(op.Slot, row, at, size);
                break;
            default:
                break;
        }

        return at + size;
    }

    private readonly void Set(in Op op, int row)
    {
        switch (op.Code)
        {
            case OpCode.SetLong:
                Longs(op.Slot)[row] = _program.Numbers[op.A];
                break;
            case OpCode.SetDouble:
                Doubles(op.Slot)[row] = BitConverter.Int64BitsToDouble(_program.Numbers[op.A]);
                break;
            case OpCode.SetFixed16:
                var ids = (Fixed16Column)_target.Columns[op.Slot];
                (ids.High[row], ids.Low[row]) = ((ulong)_program.Numbers[op.A], (ulong)_program.Numbers[op.B]);
                break;
            case OpCode.SetSpan:
                Spans(op.Slot, row, op.B > 0 ? _target.ConstantsAt + op.A : 0, op.B);
                break;
            default:
                ((WordColumn)_target.Columns[op.Slot]).Ids[row] = op.A < 0 ? 0 : _target.Words.Intern(_program.Texts[op.A]);
                break;
        }
    }

    private int SetRows(in Op op, int row, int at)
    {
        var rows = (RowsColumn)_target.Columns[op.Slot];
        (rows.Start[row], rows.Count[row]) = (rows.Used, 0);
        if (op.A < 0)
        {
            return at;
        }

        var items = _program.Tables[op.A];
        if (items.Length > _itemsLeft)
        {
            return ~(int)Verdict.TooManyItems;
        }

        _itemsLeft -= items.Length;
        rows.Count[row] = items.Length;
        var child = MakeRows(rows, items.Length, op.B);
        foreach (var item in items)
        {
            at = Inner(item, child++, at);
            if (at < 0)
            {
                break;
            }
        }

        return at;
    }

    private int ReadRows(in Op op, long count, int row, int at)
    {
        var rows = (RowsColumn)_target.Columns[op.Slot];
        (rows.Start[row], rows.Count[row]) = (rows.Used, 0);
        while (count != 0)
        {
            at = BeginBlock(ref count, op.C, at, out _);
            if (at < 0)
            {
                return at;
            }

            rows.Count[row] += (int)count;
            var child = MakeRows(rows, (int)count, op.B);
            for (; count > 0; count--)
            {
                at = Inner(op.A, child++, at);
                if (at < 0)
                {
                    return at;
                }
            }

            count = Varint.Read(ref _bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }
        }

        return at;
    }

    // The blocks as they stand, the 0 that ends them included: their texts are checked now, and read by whoever wants them.
    private int ReadMapSpan(in Op op, int row, int at)
    {
        var start = at;
        while (true)
        {
            var count = Varint.Read(ref _bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }

            if (count == 0)
            {
                Spans(op.Slot, row, start, at - start);
                return at;
            }

            at = BeginBlock(ref count, op.C, at, out _);
            for (; count > 0 && at >= 0; count--)
            {
                at = SkipText(at);
                at = at < 0 ? at : op.A < 0 ? SkipText(at) : Inner(op.A, 0, at);
            }

            if (at < 0)
            {
                return at;
            }
        }
    }

    private readonly int SkipText(int at)
    {
        var length = Varint.Read(ref _bytes, ref at, _end);
        if (at > _end)
        {
            return Cut(at);
        }

        if ((ulong)length > (uint)(_end - at))
        {
            return TooLong(length);
        }

        return Utf8Text.IsValid(ref Unsafe.Add(ref _bytes, at), (int)length) ? at + (int)length : ~(int)Verdict.InvalidUtf8;
    }

    private int SkipItems(in Op op, long count, int at)
    {
        while (count != 0)
        {
            at = BeginBlock(ref count, op.C, at, out var size);
            if (at < 0)
            {
                return at;
            }

            // A block that states its size is passed over as one, unless its texts must be looked at.
            if (size >= 0 && op.B == 0)
            {
                at += size;
            }
            else
            {
                for (; count > 0; count--)
                {
                    at = Inner(op.A, 0, at);
                    if (at < 0)
                    {
                        return at;
                    }
                }
            }

            count = Varint.Read(ref _bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }
        }

        return at;
    }

    // A negative count is followed by the block's size in bytes (else -1).
    private int BeginBlock(ref long count, int leastBytes, int at, out int size)
    {
        size = -1;
        if (count < 0)
        {
            count = count == long.MinValue ? long.MaxValue : -count;
            var stated = Varint.Read(ref _bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }

            if ((ulong)stated > (uint)(_end - at))
            {
                return TooLong(stated);
            }

            size = (int)stated;
        }

        if (count > _itemsLeft)
        {
            return ~(int)Verdict.TooManyItems;
        }

        _itemsLeft -= (int)count;
        return count * leastBytes > _end - at ? ~(int)Verdict.Truncated : at;
    }

    private readonly int MakeRows(RowsColumn rows, int count, int children)
    {
        var first = rows.Used;
        rows.Used += count;
        foreach (var slot in _program.Tables[children])
        {
            _target.Columns[slot].Reserve(rows.Used);
        }

        return first;
    }

    private int Inner(int segment, int row, int at)
    {
        if (_depth >= AvroLimits.RecordDepth)
        {
            return ~(int)Verdict.TooManyItems;
        }

        _depth++;
        at = Go(segment, row, at);
        _depth--;
        return at;
    }

    private readonly long[] Longs(int slot) => Unsafe.As<LongColumn>(_target.Columns[slot]).Values;

    private readonly double[] Doubles(int slot) => Unsafe.As<DoubleColumn>(_target.Columns[slot]).Values;

    private readonly void Spans(int slot, int row, int start, int length)
    {
        var spans = Unsafe.As<SpanColumn>(_target.Columns[slot]);
        (spans.Start[row], spans.Length[row]) = (start, length);
    }

    private static int Cut(int at) => ~(int)(Varint.IsMalformed(at) ? Verdict.Corrupt : Verdict.Truncated);

    private static int TooLong(long length) => ~(int)(length < 0 ? Verdict.Corrupt : Verdict.Truncated);
}
