using System.Buffers.Binary;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using static System.Reflection.Emit.OpCodes;

namespace Analytics.Core.Avro;

/// <summary>The code of values: numbers, texts, words, ids.</summary>
internal sealed unsafe partial class PlanEmitter
{
    private void EmitNumber(OpCode code, int slot, int ahead)
    {
        Load(_at);
        Load(ahead);
        _il.Emit(Add);
        _il.Emit(Ldind_I8);
        Store(_word);
        Load(_word);
        Call(typeof(Varint), nameof(Varint.Stops));
        Store(_stops);
        Load(_stops);
        _il.Emit(Brfalse, _again);
        if (code == OpCode.Int)
        {
            // Five bytes hold 35 bits.
            Fold();
            Fold();
            _il.Emit(Conv_I4);
            _il.Emit(Conv_I8);
            _il.Emit(Bne_Un, _again);
        }

        if (code != OpCode.SkipLong)
        {
            Put(nameof(PlanSteps.Longs), slot, sizeof(long), Stind_I8, Fold);
        }

        Load(_at);
        Load(ahead);
        _il.Emit(Add);
        Load(_stops);
        Call(typeof(Varint), nameof(Varint.Length));
        _il.Emit(Conv_U);
        _il.Emit(Add);
        Store(_at);
        _unchecked += ahead + sizeof(long);
    }

    private void Fold()
    {
        Load(_word);
        Load(_stops);
        Call(typeof(Varint), nameof(Varint.Fold));
    }

    private void EmitText(OpCode code, int slot, int ahead)
    {
        var (longer, put) = (_il.DefineLabel(), _il.DefineLabel());
        EmitLength(ahead, LongestAscii, longer);
        if (code == OpCode.Text)
        {
            Load(_text);
            Load(_length);
            Call(typeof(Utf8Text), nameof(Utf8Text.IsAscii), typeof(byte*), typeof(int));
            _il.Emit(Brfalse, longer);
        }

        _il.MarkLabel(put);
        if (code != OpCode.SkipBytes)
        {
            PutSpan(slot, _text, () => Load(_length));
        }

        MoveTo(_at, _next, 0);
        _unchecked = 0;
        _later.Add(() =>
        {
            _il.MarkLabel(longer);
            MoveTo(_at, _at, ahead);
            Load(_at);
            Load(_end);
            _il.Emit(Ldloca, _behind);
            Call(typeof(PlanSteps), code == OpCode.Text ? nameof(PlanSteps.Text) : nameof(PlanSteps.Bytes));
            Store(_length);
            Load(_length);
            Load(0);
            _il.Emit(Blt, _again);
            MoveTo(_text, _behind, 0);
            MoveTo(_next, _text, _length);
            _il.Emit(Br, put);
        });
    }

    private void EmitWord(int slot, int ahead)
    {
        var (other, done) = (_il.DefineLabel(), _il.DefineLabel());
        EmitLength(ahead, ShortWords.Longest, other);
        Load(_text);
        Load(_length);
        Call(typeof(Utf8Text), nameof(Utf8Text.LoadShort));
        Store(_letters);
        Load(_letters);
        Call(typeof(Utf8Text), nameof(Utf8Text.IsAscii), typeof(Vector256<byte>));
        _il.Emit(Brfalse, other);

        // The id first: where there is one, the rest of the slot is there too.
        Load(_slots);
        Load(_mask);
        Load(_letters);
        Call(typeof(ShortWords), nameof(ShortWords.SlotOf));
        Store(_slot);
        Load(_slot);
        _il.Emit(Ldflda, typeof(ShortWords.Slot).GetField(nameof(ShortWords.Slot.Id))!);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(Ldind_I4);
        Store(_id);
        Load(_id);
        _il.Emit(Brfalse, other);
        Load(_slot);
        Load(_letters);
        Load(_length);
        Call(typeof(ShortWords.Slot), nameof(ShortWords.Slot.Holds));
        _il.Emit(Brfalse, other);
        MoveTo(_at, _next, 0);
        _il.MarkLabel(done);
        Put(nameof(PlanSteps.Ids), slot, sizeof(int), Stind_I4, () => Load(_id));
        _unchecked = 0;
        _later.Add(() =>
        {
            _il.MarkLabel(other);
            MoveTo(_at, _at, ahead);
            Load(_at);
            Load(_end);
            _il.Emit(Ldarg_3);
            _il.Emit(Ldloca, _behind);
            Call(typeof(PlanSteps), nameof(PlanSteps.Word));
            Store(_id);
            Load(_id);
            Load(0);
            _il.Emit(Blt, _again);
            MoveTo(_at, _behind, 0);
            OpenWords();
            _il.Emit(Br, done);
        });
    }

    // A length of one byte; sets where its text starts and what follows. The text's end is looked at before the text is.
    private void EmitLength(int ahead, int longest, Label longer)
    {
        Load(_at);
        Load(ahead);
        _il.Emit(Add);
        _il.Emit(Ldind_U1);
        Call(typeof(PlanSteps), nameof(PlanSteps.Half));
        Store(_length);
        Load(_length);
        Load(longest);
        _il.Emit(Bgt_Un, longer);
        MoveTo(_text, _at, ahead + 1);
        MoveTo(_next, _text, _length);
        Compare(_next, _end, Bgt_Un, _again);
    }

    private void EmitFixed16(int slot)
    {
        foreach (var (part, ahead) in new[] { (nameof(PlanSteps.Highs), 0), (nameof(PlanSteps.Lows), 8) })
        {
            Put(part, slot, sizeof(ulong), Stind_I8, () =>
            {
                Load(_at);
                Load(ahead);
                _il.Emit(Add);
                _il.Emit(Ldind_I8);
                Call(typeof(BinaryPrimitives), nameof(BinaryPrimitives.ReverseEndianness), typeof(ulong));
            });
        }

        Advance(16);
    }
}
