namespace Analytics.Core.Avro;

/// <summary>The steps of a plan, linked: every segment ends with <see cref="OpCode.End"/>, and every reference is the index of a step.</summary>
internal sealed record PlanProgram(Op[] Ops, int[][] Tables, long[] Numbers, byte[][] Texts, byte[] Constants, int Entry);

/// <summary>Collects the segments of a plan and joins them to one program.</summary>
internal sealed class PlanAssembler
{
    private readonly List<List<Op>> _segments = [];
    private readonly List<int[]> _tables = [];
    private readonly List<long> _numbers = [];
    private readonly List<byte[]> _texts = [];
    private readonly AvroWriter _constants = new();
    private List<Op> _open = [];

    /// <summary>Index in the open segment of the next step.</summary>
    public int Here => _open.Count;

    public void Emit(Op op) => _open.Add(op);

    public void Patch(int at, Op op) => _open[at] = op;

    /// <summary>Reserves the number of a segment, so that steps can refer to it before it is written.</summary>
    public int Reserve()
    {
        _segments.Add([]);
        return _segments.Count - 1;
    }

    /// <summary>Writes a reserved segment, and comes back to the one that was open.</summary>
    public int Write(int segment, Action emit)
    {
        (var outer, _open) = (_open, _segments[segment]);
        emit();
        Emit(new(OpCode.End));
        _open = outer;
        return segment;
    }

    public int Table(int[] values) => Add(_tables, values);

    public int Number(long value) => Add(_numbers, value);

    public int Text(byte[] text) => Add(_texts, text);

    /// <summary>Adds to the constants; the place is its start.</summary>
    public int Constant(ReadOnlySpan<byte> bytes)
    {
        var start = _constants.Length;
        _constants.Fixed(bytes);
        return start;
    }

    public PlanProgram Link(int entry)
    {
        var starts = new int[_segments.Count];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + _segments[i - 1].Count;
        }

        var ops = new List<Op>();
        for (var i = 0; i < starts.Length; i++)
        {
            foreach (var op in _segments[i])
            {
                ops.Add(Relocate(op, starts, starts[i]));
            }
        }

        return new([.. ops], [.. _tables], [.. _numbers], [.. _texts], _constants.Written.ToArray(), starts[entry]);
    }

    private Op Relocate(Op op, int[] starts, int own)
    {
        switch (op.Code)
        {
            case OpCode.Jump:
                return op with { A = own + op.A };
            case OpCode.Rows or OpCode.SkipItems or OpCode.Call:
            case OpCode.MapSpan when op.A >= 0:
                return op with { A = starts[op.A] };
            case OpCode.Union:
                MoveTable(op.A, target => own + target);
                return op;
            case OpCode.SetRows when op.A >= 0:
                MoveTable(op.A, segment => starts[segment]);
                return op;
            default:
                return op;
        }
    }

    private void MoveTable(int table, Func<int, int> move) => _tables[table] = [.. _tables[table].Select(move)];

    private static int Add<T>(List<T> list, T value)
    {
        list.Add(value);
        return list.Count - 1;
    }
}
