using System.Reflection.Emit;
using static System.Reflection.Emit.OpCodes;

namespace Analytics.Core.Avro;

/// <summary>The code of each step.</summary>
internal sealed unsafe partial class PlanEmitter
{
    // The others are calls of the same step of PlanRun.
    private static bool IsEmitted(Op op) => op.Code switch
    {
        OpCode.MaybeLong or OpCode.MaybeInt or OpCode.MaybeText or OpCode.MaybeTextWord or OpCode.SkipMaybeBytes or OpCode.SkipMaybeLong => true,
        OpCode.Long or OpCode.Int or OpCode.Text or OpCode.TextWord or OpCode.Bytes or OpCode.SkipBytes or OpCode.SkipLong or OpCode.Double or OpCode.Fixed16 => true,
        OpCode.MapSpan or OpCode.Union or OpCode.Jump or OpCode.Fail or OpCode.SetLong or OpCode.SetDouble => true,
        OpCode.SetSpan => op.B <= 0,
        OpCode.SetWord => op.A < 0,
        _ => false,
    };

    private void EmitSteps(int first, int count)
    {
        for (var step = first; step < first + count; step++)
        {
            var op = _program.Ops[step];
            int[] targets = op.Code == OpCode.Union ? _program.Tables[op.A] : op.Code == OpCode.Jump ? [op.A] : [];
            foreach (var target in targets)
            {
                _labels.TryAdd(target, _il.DefineLabel());
            }
        }

        for (var step = first; step <= first + count; step++)
        {
            if (_labels.TryGetValue(step, out var label))
            {
                _il.MarkLabel(label);
                _unchecked = MostUnchecked;
            }

            if (step < first + count)
            {
                EmitStep(step, _program.Ops[step]);
                if (_unchecked > MostUnchecked)
                {
                    Check();
                }
            }
        }
    }

    private void EmitStep(int step, Op op)
    {
        if (!IsEmitted(op))
        {
            EmitTake(step);
            return;
        }

        switch (op.Code)
        {
            case <= OpCode.LastMaybe:
                EmitMaybe(op);
                break;
            case OpCode.Fixed16:
                EmitFixed16(op.Slot);
                break;
            case OpCode.MapSpan:
                EmitMap(step, op.Slot);
                break;
            case OpCode.Double:
                Put(nameof(PlanSteps.Doubles), op.Slot, sizeof(double), Stind_R8, () =>
                {
                    Load(_at);
                    _il.Emit(Ldind_R8);
                });
                Advance(sizeof(double));
                break;
            case OpCode.Union:
                EmitUnion(op.A);
                break;
            case OpCode.Jump:
                _il.Emit(Br, _labels[op.A]);
                break;
            case OpCode.Fail:
                _il.Emit(Br, _again);
                break;
            case OpCode.SetLong or OpCode.SetDouble or OpCode.SetSpan or OpCode.SetWord:
                EmitSet(op);
                break;
            default:
                EmitValue(op.Code, op.Slot, 0);
                break;
        }
    }

    // A value whose first byte lies a known distance ahead.
    private void EmitValue(OpCode code, int slot, int ahead)
    {
        switch (code)
        {
            case OpCode.Long or OpCode.Int or OpCode.SkipLong:
                EmitNumber(code, slot, ahead);
                break;
            case OpCode.TextWord:
                EmitWord(slot, ahead);
                break;
            default:
                EmitText(code, slot, ahead);
                break;
        }
    }

    // A byte that is neither branch is a larger number, or no branch at all.
    private void EmitMaybe(Op op)
    {
        var (value, done) = (_il.DefineLabel(), _il.DefineLabel());
        var before = _unchecked;
        Load(_at);
        _il.Emit(Ldind_U1);
        Store(_length);
        Load(_length);
        Load(op.A * 2);
        _il.Emit(Bne_Un, value);
        EmitAbsent(op.Code, op.Slot);
        MoveTo(_at, _at, 1);
        _il.Emit(Br, done);

        _il.MarkLabel(value);
        Load(_length);
        Load((op.A ^ 1) * 2);
        _il.Emit(Bne_Un, _again);
        EmitValue(op.Code + (OpCode.Long - OpCode.MaybeLong), op.Slot, 1);
        _il.MarkLabel(done);
        _unchecked = Math.Max(_unchecked, before + 1);
    }

    private void EmitAbsent(OpCode code, int slot)
    {
        switch (code)
        {
            case OpCode.MaybeLong or OpCode.MaybeInt:
                EmitSet(new(OpCode.SetLong, (ushort)slot), LongColumn.Absent);
                break;
            case OpCode.MaybeText:
                EmitSet(new(OpCode.SetSpan, (ushort)slot, 0, -1));
                break;
            case OpCode.MaybeTextWord:
                EmitSet(new(OpCode.SetWord, (ushort)slot, -1));
                break;
            default:
                break;
        }
    }

    private void EmitSet(Op op) => EmitSet(op, op.Code is OpCode.SetLong or OpCode.SetDouble ? _program.Numbers[op.A] : 0);

    private void EmitSet(Op op, long number)
    {
        switch (op.Code)
        {
            case OpCode.SetLong:
                Put(nameof(PlanSteps.Longs), op.Slot, sizeof(long), Stind_I8, () => _il.Emit(Ldc_I8, number));
                break;
            case OpCode.SetDouble:
                Put(nameof(PlanSteps.Doubles), op.Slot, sizeof(double), Stind_R8, () => _il.Emit(Ldc_R8, BitConverter.Int64BitsToDouble(number)));
                break;
            case OpCode.SetSpan:
                Put(nameof(PlanSteps.SpanStarts), op.Slot, sizeof(int), Stind_I4, () => Load(0));
                Put(nameof(PlanSteps.SpanLengths), op.Slot, sizeof(int), Stind_I4, () => Load(op.B));
                break;
            default:
                Put(nameof(PlanSteps.Ids), op.Slot, sizeof(int), Stind_I4, () => Load(0));
                break;
        }
    }

    // An empty map is one byte; any other is a call.
    private void EmitMap(int step, int slot)
    {
        var (some, done) = (_il.DefineLabel(), _il.DefineLabel());
        Load(_at);
        _il.Emit(Ldind_U1);
        _il.Emit(Brtrue, some);
        PutSpan(slot, _at, () => Load(1));
        Advance(1);
        _il.MarkLabel(done);
        _later.Add(() =>
        {
            _il.MarkLabel(some);
            EmitTake(step);
            _il.Emit(Br, done);
        });
    }

    private void EmitUnion(int table)
    {
        Check();
        Load(_at);
        _il.Emit(Ldind_U1);
        Call(typeof(PlanSteps), nameof(PlanSteps.Half));
        Advance(1);
        _il.Emit(Switch, [.. _program.Tables[table].Select(target => _labels[target])]);
        _il.Emit(Br, _again);
    }

    private void EmitTake(int step)
    {
        Check();
        _il.Emit(Ldarg_0);
        Load(step);
        Load(_row);
        _il.Emit(Conv_I4);
        Load(_at);
        Place();
        Call(typeof(PlanRun), nameof(PlanRun.Take), typeof(int), typeof(int), typeof(int));
        Store(_length);
        Load(_length);
        Load(0);
        _il.Emit(Blt, _again);
        MoveTo(_at, _bytes, _length);
    }

    private void Advance(int by)
    {
        MoveTo(_at, _at, by);
        _unchecked += by;
    }

    private void Check()
    {
        Compare(_at, _end, Bgt_Un, _again);
        _unchecked = 0;
    }

    private void PutSpan(int slot, LocalBuilder start, Action length)
    {
        Put(nameof(PlanSteps.SpanStarts), slot, sizeof(int), Stind_I4, () =>
        {
            Load(start);
            Place();
        });
        Put(nameof(PlanSteps.SpanLengths), slot, sizeof(int), Stind_I4, length);
    }

    // A column's value of this row.
    private void Put(string part, int slot, int size, System.Reflection.Emit.OpCode store, Action value)
    {
        Load(_columns[(part, slot)]);
        Element(_row, size);
        value();
        _il.Emit(store);
    }
}
