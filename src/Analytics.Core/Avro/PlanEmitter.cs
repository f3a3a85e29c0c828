using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Analytics.Core.Events;
using static System.Reflection.Emit.OpCodes;

namespace Analytics.Core.Avro;

/// <summary>Turns the steps of a plan into machine code with the loop over the records inside: no step is looked up, no column is searched, a call a run.</summary>
/// <remarks>
/// Only the usual way of a record is emitted: texts of up to 63 ASCII bytes, words that are known, numbers of up to 8 bytes. Long texts and new words are
/// calls out of it. On anything else — a fault above all — the record is read again by <see cref="PlanRun"/>, so that every verdict is found in one place.
/// The place in the record may run ahead of its end by <see cref="MostUnchecked"/> bytes before it is looked at, which the padding allows for; a text's
/// end is looked at before the text is, so that nothing behind a record ever becomes a word. docs/decisions/0006 has the measurements.
/// </remarks>
internal sealed unsafe partial class PlanEmitter
{
    /// <summary>Steps of the longest plan that is emitted, some hundred fields: beyond, compiling takes longer than it saves, and records are read step by step.</summary>
    public const int MostSteps = 1_000;

    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
    private const int MostUnchecked = 32;
    private const int LongestAscii = 63;
    private readonly PlanProgram _program;
    private readonly ColumnBindings _bindings;
    private readonly ILGenerator _il;
    private readonly Dictionary<(string Part, int Slot), LocalBuilder> _columns = [];
    private readonly Dictionary<int, Label> _labels = [];
    private readonly List<Action> _later = [];
    private readonly LocalBuilder _bytes;
    private readonly LocalBuilder _row;
    private readonly LocalBuilder _at;
    private readonly LocalBuilder _end;
    private readonly LocalBuilder _next;
    private readonly LocalBuilder _text;
    private readonly LocalBuilder _behind;
    private readonly LocalBuilder _length;
    private readonly LocalBuilder _word;
    private readonly LocalBuilder _stops;
    private readonly LocalBuilder _table;
    private readonly LocalBuilder _slots;
    private readonly LocalBuilder _mask;
    private readonly LocalBuilder _slot;
    private readonly LocalBuilder _letters;
    private readonly LocalBuilder _id;
    private readonly Label _again;
    private int _unchecked;

    private PlanEmitter(PlanProgram program, ColumnBindings bindings, ILGenerator il)
    {
        (_program, _bindings, _il) = (program, bindings, il);
        _again = il.DefineLabel();
        _row = il.DeclareLocal(typeof(nint));
        _bytes = il.DeclareLocal(typeof(byte*));
        _at = il.DeclareLocal(typeof(byte*));
        _end = il.DeclareLocal(typeof(byte*));
        _next = il.DeclareLocal(typeof(byte*));
        _text = il.DeclareLocal(typeof(byte*));
        _behind = il.DeclareLocal(typeof(byte*));
        _length = il.DeclareLocal(typeof(int));
        _word = il.DeclareLocal(typeof(ulong));
        _stops = il.DeclareLocal(typeof(ulong));
        _table = il.DeclareLocal(typeof(ShortWords));
        _slots = il.DeclareLocal(typeof(ShortWords.Slot).MakeByRefType());
        _mask = il.DeclareLocal(typeof(uint));
        _slot = il.DeclareLocal(typeof(ShortWords.Slot).MakeByRefType());
        _letters = il.DeclareLocal(typeof(Vector256<byte>));
        _id = il.DeclareLocal(typeof(int));
    }

    /// <summary>The code of a plan.</summary>
    public static PlanCode Emit(PlanProgram program, ColumnBindings bindings)
    {
        // Else the code would ask, for every value, whether its class is ready: the keys of words' hash, how numbers are folded.
        RuntimeHelpers.RunClassConstructor(typeof(ShortWords).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(Varint).TypeHandle);
        var method = new DynamicMethod(
            "AvroPlan.Read", typeof(int), [typeof(PlanRun).MakeByRefType(), typeof(RecordRun*), typeof(Column[]), typeof(Words)], typeof(PlanEmitter).Module, skipVisibility: true)
        {
            InitLocals = false,
        };
        new PlanEmitter(program, bindings, method.GetILGenerator()).EmitAll();
        return method.CreateDelegate<PlanCode>();
    }

    private void EmitAll()
    {
        var steps = Array.FindIndex(_program.Ops, _program.Entry, op => op.Code == OpCode.End) - _program.Entry;
        var (loop, next, check, stop) = (_il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel());
        FromRun(nameof(RecordRun.Bytes), _bytes);
        FromRun(nameof(RecordRun.Row), _row);
        OpenColumns(_program.Ops[_program.Entry..(_program.Entry + steps)]);
        _il.Emit(Br, check);

        _il.MarkLabel(loop);
        EmitFrame(stop);
        if (steps > MostSteps)
        {
            _il.Emit(Br, _again);
        }
        else
        {
            EmitSteps(_program.Entry, steps);
        }

        Compare(_at, _end, Bne_Un, _again);
        FromRun(nameof(RecordRun.Verdicts));
        Load(_row);
        _il.Emit(Add);
        Load((int)Verdict.Accepted);
        _il.Emit(Stind_I1);

        _il.MarkLabel(next);
        Load(_row);
        Load(1);
        _il.Emit(Add);
        Store(_row);
        _il.MarkLabel(check);
        Load(_row);
        FromRun(nameof(RecordRun.Count));
        _il.Emit(Blt, loop);
        _il.MarkLabel(stop);
        Load(_row);
        _il.Emit(Conv_I4);
        _il.Emit(Ret);

        // What few records need stands behind the loop.
        for (var i = 0; i < _later.Count; i++)
        {
            _later[i]();
        }

        _il.MarkLabel(_again);
        _il.Emit(Ldarg_0);
        _il.Emit(Ldarg_1);
        Load(_row);
        Call(typeof(PlanSteps), nameof(PlanSteps.Again));
        _il.Emit(Br, next);
    }

    // A record of another frame ends the run: a tombstone, a length out of bounds, another schema.
    private void EmitFrame(Label stop)
    {
        FromRun(nameof(RecordRun.Lengths));
        Element(_row, sizeof(int));
        _il.Emit(Ldind_I4);
        Store(_length);
        Load(_length);
        Load(WireFormat.HeaderLength);
        _il.Emit(Blt, stop);
        Load(_length);
        FromRun(nameof(RecordRun.Longest));
        _il.Emit(Bgt, stop);

        Load(_bytes);
        FromRun(nameof(RecordRun.Starts));
        Element(_row, sizeof(int));
        _il.Emit(Ldind_U4);
        _il.Emit(Conv_U);
        _il.Emit(Add);
        Store(_at);
        MoveTo(_end, _at, _length);
        Load(_end);
        FromRun(nameof(RecordRun.Limit));
        _il.Emit(Bgt_Un, stop);

        Load(_at);
        _il.Emit(Ldind_I8);
        Load(64 - (8 * WireFormat.HeaderLength));
        _il.Emit(Shl);
        FromRun(nameof(RecordRun.Header));
        _il.Emit(Bne_Un, stop);
        MoveTo(_at, _at, WireFormat.HeaderLength);

        _il.Emit(Ldarg_0);
        Load(_end);
        Place();
        Call(typeof(PlanRun), nameof(PlanRun.Begin));
    }

    private void OpenWords()
    {
        _il.Emit(Ldarg_3);
        Call(typeof(Words), "get_" + nameof(Words.Short));
        Store(_table);
        Load(_table);
        Call(typeof(ShortWords), "get_" + nameof(ShortWords.First));
        Store(_slots);
        Load(_table);
        Call(typeof(ShortWords), "get_" + nameof(ShortWords.Mask));
        Store(_mask);
    }

    // Where the columns stand is looked up once a run.
    private void OpenColumns(Op[] steps)
    {
        if (Array.Exists(steps, op => op.Code is OpCode.TextWord or OpCode.MaybeTextWord))
        {
            OpenWords();
        }

        foreach (var op in steps)
        {
            foreach (var (part, type) in PartsOf(op))
            {
                if (!_columns.ContainsKey((part, op.Slot)))
                {
                    var local = _il.DeclareLocal(type.MakeByRefType());
                    _columns.Add((part, op.Slot), local);
                    _il.Emit(Ldarg_2);
                    Load(op.Slot);
                    Call(typeof(PlanSteps), part);
                    Store(local);
                }
            }
        }
    }

    private (string Part, Type Type)[] PartsOf(Op op)
    {
        var isPassedOver = op.Code is OpCode.SkipMaybeBytes or OpCode.SkipMaybeLong or OpCode.SkipBytes or OpCode.SkipLong or OpCode.Union or OpCode.Jump or OpCode.Fail;
        if (isPassedOver || !IsEmitted(op))
        {
            return [];
        }

        return _bindings.All[op.Slot].Kind switch
        {
            ColumnKind.Long => [(nameof(PlanSteps.Longs), typeof(long))],
            ColumnKind.Double => [(nameof(PlanSteps.Doubles), typeof(double))],
            ColumnKind.Fixed16 => [(nameof(PlanSteps.Highs), typeof(ulong)), (nameof(PlanSteps.Lows), typeof(ulong))],
            ColumnKind.Span => [(nameof(PlanSteps.SpanStarts), typeof(int)), (nameof(PlanSteps.SpanLengths), typeof(int))],
            _ => [(nameof(PlanSteps.Ids), typeof(int))],
        };
    }

    private void FromRun(string field, LocalBuilder? into = null)
    {
        _il.Emit(Ldarg_1);
        _il.Emit(Ldfld, typeof(RecordRun).GetField(field)!);
        if (into is not null)
        {
            Store(into);
        }
    }

    // The place as the steps know it: an index of the bytes.
    private void Place()
    {
        Load(_bytes);
        _il.Emit(Sub);
        _il.Emit(Conv_I4);
    }

    private void Load(LocalBuilder local) => _il.Emit(Ldloc, local);

    private void Load(int value) => _il.Emit(Ldc_I4, value);

    private void Store(LocalBuilder local) => _il.Emit(Stloc, local);

    private void Compare(LocalBuilder left, LocalBuilder right, System.Reflection.Emit.OpCode branch, Label target)
    {
        Load(left);
        Load(right);
        _il.Emit(branch, target);
    }

    private void MoveTo(LocalBuilder local, LocalBuilder from, int by)
    {
        Load(from);
        Load(by);
        _il.Emit(Add);
        Store(local);
    }

    private void MoveTo(LocalBuilder local, LocalBuilder from, LocalBuilder by)
    {
        Load(from);
        Load(by);
        _il.Emit(Conv_U);
        _il.Emit(Add);
        Store(local);
    }

    // The address of an element, where that of the first stands on the stack.
    private void Element(LocalBuilder index, int size)
    {
        Load(index);
        Load(size);
        _il.Emit(Mul);
        _il.Emit(Add);
    }

    private void Call(Type type, string method) => _il.Emit(OpCodes.Call, type.GetMethod(method, Any)!);

    private void Call(Type type, string method, params Type[] of) => _il.Emit(OpCodes.Call, type.GetMethod(method, Any, of)!);
}
