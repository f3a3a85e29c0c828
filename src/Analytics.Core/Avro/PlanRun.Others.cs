using System.Runtime.CompilerServices;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>The steps of single values.</summary>
internal unsafe ref partial struct PlanRun
{
    // The steps that begin with a number.
    private int TakeNumber(in Op op, OpCode code, long number, int row, int at)
    {
        switch (code)
        {
            case OpCode.Int:
                Longs(op.Slot)[row] = number;
                return number == (int)number ? at : ~(int)Verdict.Corrupt;
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
                return TakeBytes(code, op.Slot, number, row, at);
        }
    }

    private readonly int TakeBytes(OpCode code, int slot, long number, int row, int at)
    {
        if ((ulong)number > (uint)(_end - at))
        {
            return TooLong(number);
        }

        var length = (int)number;
        if ((code is OpCode.Text or OpCode.TextWord or OpCode.SkipText) && !Utf8Text.IsValid(_bytes + at, length))
        {
            return ~(int)Verdict.InvalidUtf8;
        }

        if (code is OpCode.Text or OpCode.Bytes)
        {
            Spans(slot, row, at, length);
        }
        else if (code is OpCode.TextWord or OpCode.BytesWord)
        {
            Unsafe.As<WordColumn>(Unsafe.Add(ref _columns, slot)).Ids[row] = _target.Words.Intern(new(_bytes + at, length));
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
            case OpCode.Fail:
                return ~op.A;
            case OpCode.Fixed16:
                return ReadFixed16(op.Slot, row, at);
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

                var value = _bytes[at];
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
                Doubles(op.Slot)[row] = Unsafe.ReadUnaligned<float>(_bytes + at);
                break;
            case OpCode.Double:
                Doubles(op.Slot)[row] = Unsafe.ReadUnaligned<double>(_bytes + at);
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
                var ids = Unsafe.As<Fixed16Column>(Unsafe.Add(ref _columns, op.Slot));
                (ids.High[row], ids.Low[row]) = ((ulong)_program.Numbers[op.A], (ulong)_program.Numbers[op.B]);
                break;
            case OpCode.SetSpan:
                Spans(op.Slot, row, op.B > 0 ? _target.ConstantsAt + op.A : 0, op.B);
                break;
            default:
                Unsafe.As<WordColumn>(Unsafe.Add(ref _columns, op.Slot)).Ids[row] = op.A < 0 ? 0 : _target.Words.Intern(_program.Texts[op.A]);
                break;
        }
    }
}
