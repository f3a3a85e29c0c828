using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>Takes the steps of a plan one by one, over the records that <see cref="PlanCode"/> leaves to it and the items of arrays and maps.</summary>
/// <remarks>
/// Places are indexes of the batch's bytes; a step gives the place behind what it read, or the complement of a verdict. Columns are cast without a check,
/// because <see cref="AvroTarget"/> checked each of them once. The bytes stay pinned meanwhile, and <see cref="AvroPlan.Padding"/> more may be read.
/// </remarks>
internal unsafe ref partial struct PlanRun(PlanProgram program, AvroTarget target, byte* bytes)
{
    private readonly byte* _bytes = bytes;
    private readonly ref Op _ops = ref MemoryMarshal.GetArrayDataReference(program.Ops);
    private readonly ref Column _columns = ref MemoryMarshal.GetArrayDataReference(target.Columns);
    private readonly PlanProgram _program = program;
    private readonly AvroTarget _target = target;
    private int _end;
    private int _itemsLeft;
    private int _depth;

    /// <summary>Where the columns are.</summary>
    public readonly AvroTarget Target => _target;

    /// <summary>Starts a record that ends before <paramref name="end"/>.</summary>
    public void Begin(int end) => (_end, _itemsLeft, _depth) = (end, AvroLimits.RecordItems, 0);

    /// <summary>Reads the record between two places into a row.</summary>
    public Verdict Read(int row, int start, int end)
    {
        Begin(end);
        var at = Go(_program.Entry, row, start);
        return at < 0 ? (Verdict)~at : at == end ? Verdict.Accepted : Verdict.TrailingBytes;
    }

    /// <summary>Takes one step that neither goes on elsewhere nor ends.</summary>
    public int Take(int step, int row, int at) => Take(in Unsafe.Add(ref _ops, step), row, at);

    // Takes the steps from one to the end of their segment.
    private int Go(int step, int row, int at)
    {
        ref var op = ref Unsafe.Add(ref _ops, step);
        for (; at >= 0; op = ref Unsafe.Add(ref op, 1))
        {
            switch (op.Code)
            {
                case OpCode.End:
                    return at;
                case OpCode.Jump:
                    op = ref Unsafe.Add(ref _ops, op.A - 1);
                    continue;
                case OpCode.Union:
                    var branch = Varint.Read(_bytes, ref at, _end);
                    var next = at > _end ? Cut(at) : BranchOf(op.A, branch);
                    if (next < 0)
                    {
                        return next;
                    }

                    op = ref Unsafe.Add(ref _ops, next - 1);
                    continue;
                default:
                    at = Take(in op, row, at);
                    continue;
            }
        }

        return at;
    }

    private int Take(in Op op, int row, int at)
    {
        var code = op.Code;
        if (code > OpCode.LastWithNumber)
        {
            return TakeOther(in op, row, at);
        }

        var number = Varint.Read(_bytes, ref at, _end);
        if (code <= OpCode.LastMaybe && at <= _end)
        {
            if (number == op.A)
            {
                SetNothing(code, op.Slot, row);
                return at;
            }

            code += OpCode.Long - OpCode.MaybeLong;
            number = number == (op.A ^ 1) ? Varint.Read(_bytes, ref at, _end) : Varint.Refuse(ref at);
        }

        if (at > _end)
        {
            return Cut(at);
        }

        switch (code)
        {
            case OpCode.Long:
                Longs(op.Slot)[row] = number;
                return at;
            case OpCode.SkipLong:
                return at;
            default:
                return TakeNumber(in op, code, number, row, at);
        }
    }

    // The value of an optional field that is null; what is passed over has no column.
    private readonly void SetNothing(OpCode code, int slot, int row)
    {
        if (code <= OpCode.MaybeInt)
        {
            Longs(slot)[row] = LongColumn.Absent;
        }
        else if (code == OpCode.MaybeText)
        {
            Spans(slot, row, 0, -1);
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

    private readonly int ReadFixed16(int slot, int row, int at)
    {
        if (_end - at < 16)
        {
            return ~(int)Verdict.Truncated;
        }

        var ids = Unsafe.As<Fixed16Column>(Unsafe.Add(ref _columns, slot));
        ids.High[row] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(_bytes + at));
        ids.Low[row] = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(_bytes + at + 8));
        return at + 16;
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
