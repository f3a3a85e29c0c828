using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>Turns a writer's schema, a reader's schema and bindings into the steps of a plan.</summary>
/// <remarks>
/// The steps follow the writer's order. On every way through them each bound column gets exactly one value a row: read, default or absent;
/// <c>_covered</c> holds the slots that already have theirs. What no column takes is skipped by the writer's schema alone.
/// </remarks>
internal sealed partial class PlanCompiler(ColumnBindings bindings)
{
    private readonly PlanAssembler _program = new();
    private readonly List<string> _reasons = [];
    private HashSet<int> _covered = [];

    /// <summary>The program, or null where the bindings cannot take what this writer's schema holds; <paramref name="reasons"/> then says why.</summary>
    public PlanProgram? Compile(AvroSchema writer, AvroSchema reader, out IReadOnlyList<string> reasons)
    {
        var entry = _program.Reserve();
        _program.Write(entry, () =>
        {
            Read(writer, reader, "");
            SetAbsent("");
        });
        WriteSkips();
        reasons = _reasons;
        return _reasons.Count == 0 ? _program.Link(entry) : null;
    }

    private void Read(AvroSchema writer, AvroSchema reader, string path)
    {
        if (!bindings.Reaches(path))
        {
            Skip(writer, asText: false);
        }
        else if (writer.Kind == AvroKind.Union)
        {
            if (!TryReadMaybe(writer, reader, path))
            {
                ReadUnion(writer, reader, path);
            }
        }
        else if (reader.Kind == AvroKind.Union)
        {
            ReadAsBranch(reader, SchemaPair.BranchFor(reader, writer, strict: false), path, (branch, inner) => Read(writer, branch, inner));
        }
        else if (SchemaPair.Matches(reader, writer, strict: false))
        {
            ReadSame(writer, reader, path);
        }
        else
        {
            Fail();
        }
    }

    private void ReadSame(AvroSchema writer, AvroSchema reader, string path)
    {
        switch (reader.Kind)
        {
            case AvroKind.Null:
                SetAbsent(path);
                break;
            case AvroKind.Record:
                ReadRecord(writer, reader, path);
                break;
            case AvroKind.Array:
                ReadRows(writer, path, "[]", () => Read(writer.Items!, reader.Items!, path + "[]"));
                break;
            case AvroKind.Map:
                ReadMap(writer, reader, path);
                break;
            default:
                ReadScalar(writer, reader, path);
                break;
        }
    }

    private void ReadRecord(AvroSchema writer, AvroSchema reader, string path)
    {
        var sources = AvroNames.Join(reader, writer);
        for (var i = 0; i < writer.Fields.Count; i++)
        {
            var target = Array.IndexOf(sources, i);
            if (target < 0)
            {
                Skip(writer.Fields[i].Schema, asText: false);
            }
            else
            {
                Read(writer.Fields[i].Schema, reader.Fields[target].Schema, Inside(path, reader.Fields[target]));
            }
        }

        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i] < 0)
            {
                SetDefault(reader.Fields[i].Schema, reader.Fields[i].Default!.Value, Inside(path, reader.Fields[i]));
            }
        }
    }

    private static string Inside(string path, AvroField field) => path.Length == 0 ? field.Name : $"{path}.{field.Name}";

    // Each branch of the writer's union goes its own way; they meet behind the last.
    private void ReadUnion(AvroSchema writer, AvroSchema reader, string path)
    {
        var table = new int[writer.Branches.Count];
        var jumps = new List<int>();
        var number = _program.Table(table);
        _program.Emit(new(OpCode.Union, A: number));
        var before = _covered;
        for (var i = 0; i < table.Length; i++)
        {
            _covered = [.. before];
            table[i] = _program.Here;
            Read(writer.Branches[i], reader, path);
            SetAbsent(path);
            jumps.Add(_program.Here);
            _program.Emit(default);
        }

        jumps.ForEach(at => _program.Patch(at, new(OpCode.Jump, A: _program.Here)));
        _covered = before;
        _covered.UnionWith(bindings.SlotsOfRow(path));
    }

    // The value goes into the columns of its branch where there are some, else into those of the union; the others are absent.
    private void ReadAsBranch(AvroSchema union, int branch, string path, Action<AvroSchema, string> read)
    {
        if (branch < 0)
        {
            Fail();
            return;
        }

        var schema = union.Branches[branch];
        var own = $"{path}|{schema.Name ?? AvroKinds.Names[(int)schema.Kind]}";
        if (bindings.SlotOf(path + "|") is >= 0 and var index)
        {
            Set(index, branch);
        }

        if (bindings.Reaches(own))
        {
            read(schema, own);
        }
        else if (schema.Kind != AvroKind.Null && bindings.Reaches(path))
        {
            read(schema, path);
        }

        SetAbsent(path);
    }

    private void ReadMap(AvroSchema writer, AvroSchema reader, string path)
    {
        var slot = bindings.SlotOf(path);
        if (slot >= 0 && bindings.All[slot].Kind == ColumnKind.Span)
        {
            ReadMapAsSpan(writer.Items!, reader.Items!, path, slot);
            return;
        }

        ReadRows(writer, path, "{}", () =>
        {
            var key = bindings.SlotOf(path + "{key}");
            if (key < 0)
            {
                _program.Emit(new(OpCode.SkipText));
            }
            else
            {
                Cover(key, new(bindings.All[key].Kind == ColumnKind.Word ? OpCode.TextWord : OpCode.Text, (ushort)key));
            }

            Read(writer.Items!, reader.Items!, path + "{}");
        });
    }

    // The column keeps the writer's bytes, which others read by the reader's schema.
    private void ReadMapAsSpan(AvroSchema writer, AvroSchema reader, string path, int slot)
    {
        var same = (writer.Kind, reader.Kind) is (AvroKind.Int, AvroKind.Long) or (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String)
            || writer.CanonicalForm == reader.CanonicalForm;
        if (!same)
        {
            _reasons.Add($"{path}: a map of {writer.Title} is not laid out as a map of {reader.Title}, and this column takes the bytes as they are");
            return;
        }

        var segment = reader.Kind == AvroKind.String ? -1 : _program.Write(_program.Reserve(), () => Skip(writer, asText: reader.Kind != AvroKind.Bytes));
        Cover(slot, new(OpCode.MapSpan, (ushort)slot, segment, 0, 1 + LeastBytes(writer)));
    }

    private void ReadRows(AvroSchema writer, string path, string items, Action readItem)
    {
        var slot = bindings.SlotOf(path);
        if (slot < 0)
        {
            // Bound through another branch of a union only.
            Skip(writer, asText: false);
            return;
        }

        var keys = items == "{}" ? bindings.SlotsOfRow(path + "{key}") : [];
        int[] children = [.. keys, .. bindings.SlotsOfRow(path + items)];
        var outer = _covered;
        var segment = _program.Reserve();
        _covered = [];
        _program.Write(segment, () =>
        {
            readItem();
            SetAbsent(path + items);
        });
        _covered = outer;
        Cover(slot, new(OpCode.Rows, (ushort)slot, segment, _program.Table(children), LeastBytesOfItem(writer)));
    }

    private void ReadScalar(AvroSchema writer, AvroSchema reader, string path)
    {
        var slot = bindings.SlotOf(path);
        if (slot < 0)
        {
            Skip(writer, asText: false);
            return;
        }

        var op = ScalarOp(writer, reader, bindings.All[slot].Kind) with { Slot = (ushort)slot };
        if (op.Code == OpCode.Fail)
        {
            Fail();
            return;
        }

        Cover(slot, op);
    }

    private Op ScalarOp(AvroSchema writer, AvroSchema reader, ColumnKind column) => (reader.Kind, column) switch
    {
        (AvroKind.Boolean, ColumnKind.Long) => new(OpCode.Boolean),
        (AvroKind.Int or AvroKind.Long, ColumnKind.Long) => new(writer.Kind == AvroKind.Int ? OpCode.Int : OpCode.Long),
        (AvroKind.Enum, ColumnKind.Long) => new(OpCode.Enum, A: _program.Table(SymbolsOf(writer, reader))),
        (AvroKind.Float or AvroKind.Double, ColumnKind.Double) => new(FloatOp(writer.Kind, reader.Kind)),
        (AvroKind.String, ColumnKind.Span) => new(OpCode.Text),
        (AvroKind.String, ColumnKind.Word) => new(OpCode.TextWord),
        (AvroKind.Bytes, ColumnKind.Span) => new(OpCode.Bytes),
        (AvroKind.Bytes, ColumnKind.Word) => new(OpCode.BytesWord),
        (AvroKind.Fixed, ColumnKind.Fixed16) when reader.Size == 16 => new(OpCode.Fixed16),
        (AvroKind.Fixed, ColumnKind.Span) => new(OpCode.FixedSpan, A: reader.Size),
        _ => new(OpCode.Fail),
    };

    private static OpCode FloatOp(AvroKind writer, AvroKind reader) => (writer, reader) switch
    {
        (AvroKind.Int, AvroKind.Float) => OpCode.IntToFloat,
        (AvroKind.Int, _) => OpCode.IntToDouble,
        (AvroKind.Long, AvroKind.Float) => OpCode.LongToFloat,
        (AvroKind.Long, _) => OpCode.LongToDouble,
        (AvroKind.Float, _) => OpCode.Float,
        _ => OpCode.Double,
    };

    // The reader's symbol for each of the writer's; -1 where there is none and no default.
    private static int[] SymbolsOf(AvroSchema writer, AvroSchema reader)
    {
        var known = reader.Symbols.ToList();
        var other = reader.DefaultSymbol is null ? -1 : known.IndexOf(reader.DefaultSymbol);
        return [.. writer.Symbols.Select(symbol => known.IndexOf(symbol) is >= 0 and var at ? at : other)];
    }

    // The usual optional field in one step: null and one plain type on the writer's side, null and a type that reads it on the reader's.
    private bool TryReadMaybe(AvroSchema writer, AvroSchema reader, string path)
    {
        var nothing = writer.Branches.Count == 2 ? writer.Branches.ToList().FindIndex(branch => branch.Kind == AvroKind.Null) : -1;
        var slot = bindings.SlotOf(path);
        if (nothing < 0 || slot < 0 || reader.Kind != AvroKind.Union || reader.Branches.Count != 2 || bindings.SlotsOfRow(path).Count() != 1)
        {
            return false;
        }

        var value = writer.Branches[1 - nothing];
        var absent = SchemaPair.BranchFor(reader, writer.Branches[nothing], strict: false);
        var branch = SchemaPair.BranchFor(reader, value, strict: false);
        if (absent < 0 || branch < 0 || value.Kind == AvroKind.Enum)
        {
            return false;
        }

        OpCode? code = ScalarOp(value, reader.Branches[branch], bindings.All[slot].Kind).Code switch
        {
            OpCode.Long => OpCode.MaybeLong,
            OpCode.Int => OpCode.MaybeInt,
            OpCode.Text => OpCode.MaybeText,
            OpCode.TextWord => OpCode.MaybeTextWord,
            _ => null,
        };
        if (code is { } maybe)
        {
            Cover(slot, new(maybe, (ushort)slot, nothing));
        }

        return code is not null;
    }

    private void Cover(int slot, Op op)
    {
        _covered.Add(slot);
        _program.Emit(op);
    }

    private void Fail() => _program.Emit(new(OpCode.Fail, A: (int)Verdict.IncompatibleSchema));
}
