namespace Analytics.Core.Avro;

/// <summary>Steps that pass over a value by its writer's schema.</summary>
internal sealed partial class PlanCompiler
{
    private const int LeastBytesCounted = 1024;
    private readonly Dictionary<(AvroSchema Record, bool AsText), int> _skips = [];
    private readonly Queue<(AvroSchema Record, bool AsText, int Segment)> _unwritten = [];
    private readonly Dictionary<AvroSchema, int> _least = [];

    // As text: texts are checked to be UTF-8, because someone reads them later from the bytes passed over.
    private void Skip(AvroSchema writer, bool asText)
    {
        switch (writer.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Record:
                _program.Emit(new(OpCode.Call, A: SkipOfRecord(writer, asText)));
                break;
            case AvroKind.Union:
                SkipUnion(writer, asText);
                break;
            case AvroKind.Array or AvroKind.Map:
                var item = _program.Write(_program.Reserve(), () =>
                {
                    if (writer.Kind == AvroKind.Map)
                    {
                        _program.Emit(new(asText ? OpCode.SkipText : OpCode.SkipBytes));
                    }

                    Skip(writer.Items!, asText);
                });
                _program.Emit(new(OpCode.SkipItems, A: item, B: asText ? 1 : 0, C: LeastBytesOfItem(writer)));
                break;
            default:
                _program.Emit(SkipScalar(writer, asText));
                break;
        }
    }

    private static Op SkipScalar(AvroSchema writer, bool asText) => writer.Kind switch
    {
        AvroKind.Boolean => new(OpCode.SkipBoolean),
        AvroKind.Int => new(OpCode.SkipInt),
        AvroKind.Long => new(OpCode.SkipLong),
        AvroKind.Float => new(OpCode.SkipFixed, A: 4),
        AvroKind.Double => new(OpCode.SkipFixed, A: 8),
        AvroKind.Fixed => new(OpCode.SkipFixed, A: writer.Size),
        AvroKind.Enum => new(OpCode.SkipEnum, A: writer.Symbols.Count),
        AvroKind.String when asText => new(OpCode.SkipText),
        _ => new(OpCode.SkipBytes),
    };

    // One segment a record type, so that a recursive type calls itself; written later, so that a long chain of types takes no stack.
    private int SkipOfRecord(AvroSchema record, bool asText)
    {
        if (!_skips.TryGetValue((record, asText), out var segment))
        {
            segment = _program.Reserve();
            _skips.Add((record, asText), segment);
            _unwritten.Enqueue((record, asText, segment));
        }

        return segment;
    }

    private void WriteSkips()
    {
        while (_unwritten.TryDequeue(out var next))
        {
            _program.Write(next.Segment, () =>
            {
                foreach (var field in next.Record.Fields)
                {
                    Skip(field.Schema, next.AsText);
                }
            });
        }
    }

    private void SkipUnion(AvroSchema union, bool asText)
    {
        // The usual optional field in one step.
        var nothing = union.Branches.Count == 2 ? union.Branches.ToList().FindIndex(branch => branch.Kind == AvroKind.Null) : -1;
        OpCode? maybe = nothing < 0 ? null : SkipScalar(union.Branches[1 - nothing], asText).Code switch
        {
            OpCode.SkipBytes when union.Branches[1 - nothing].Kind is AvroKind.String or AvroKind.Bytes => OpCode.SkipMaybeBytes,
            OpCode.SkipLong => OpCode.SkipMaybeLong,
            _ => null,
        };
        if (maybe is { } code)
        {
            _program.Emit(new(code, A: nothing));
            return;
        }

        var table = new int[union.Branches.Count];
        var jumps = new List<int>();
        _program.Emit(new(OpCode.Union, A: _program.Table(table)));
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = _program.Here;
            Skip(union.Branches[i], asText);
            jumps.Add(_program.Here);
            _program.Emit(default);
        }

        jumps.ForEach(at => _program.Patch(at, new(OpCode.Jump, A: _program.Here)));
    }

    private int LeastBytesOfItem(AvroSchema many) => (many.Kind == AvroKind.Map ? 1 : 0) + LeastBytes(many.Items!);

    // The fewest bytes that a value takes, or fewer: a count of items that the rest of the record cannot hold is known to be wrong before any is read.
    private int LeastBytes(AvroSchema schema, int depth = 0) => schema.Kind switch
    {
        AvroKind.Null => 0,
        AvroKind.Float => 4,
        AvroKind.Double => 8,
        AvroKind.Fixed => Math.Min(schema.Size, LeastBytesCounted),
        AvroKind.Record => LeastBytesOfRecord(schema, depth),
        _ => 1,
    };

    private int LeastBytesOfRecord(AvroSchema record, int depth)
    {
        // While a record is being measured it counts as 0, which ends recursive types.
        if (depth < AvroLimits.RecordDepth && _least.TryAdd(record, 0))
        {
            var least = 0;
            for (var i = 0; i < record.Fields.Count && least < LeastBytesCounted; i++)
            {
                least += LeastBytes(record.Fields[i].Schema, depth + 1);
            }

            _least[record] = least;
        }

        return _least.GetValueOrDefault(record);
    }
}
