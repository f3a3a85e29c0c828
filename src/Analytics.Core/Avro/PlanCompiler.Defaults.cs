using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Analytics.Core.Avro;

/// <summary>Steps that set a value that is not in the record: a default, or absent.</summary>
internal sealed partial class PlanCompiler
{
    /// <summary>The step that empties one column's row.</summary>
    private Op AbsentOp(int slot) => bindings.All[slot].Kind switch
    {
        ColumnKind.Long => new(OpCode.SetLong, (ushort)slot, _program.Number(LongColumn.Absent)),
        ColumnKind.Double => new(OpCode.SetDouble, (ushort)slot, _program.Number(BitConverter.DoubleToInt64Bits(double.NaN))),
        ColumnKind.Fixed16 => new(OpCode.SetFixed16, (ushort)slot, _program.Number(0), _program.Number(0)),
        ColumnKind.Span => new(OpCode.SetSpan, (ushort)slot, 0, -1),
        ColumnKind.Word => new(OpCode.SetWord, (ushort)slot, -1),
        _ => new(OpCode.SetRows, (ushort)slot, -1),
    };

    /// <summary>Empties what is not covered: a field of another branch, say, or everything where a value is null.</summary>
    private void SetAbsent(string path)
    {
        foreach (var slot in bindings.SlotsOfRow(path))
        {
            if (!_covered.Contains(slot))
            {
                Cover(slot, AbsentOp(slot));
            }
        }
    }

    private void Set(int slot, long value) => Cover(slot, new(OpCode.SetLong, (ushort)slot, _program.Number(value)));

    private void SetDefault(AvroSchema schema, JsonElement value, string path)
    {
        if (!bindings.Reaches(path))
        {
            return;
        }

        switch (schema.Kind)
        {
            case AvroKind.Null:
                SetAbsent(path);
                break;
            case AvroKind.Union:
                ReadAsBranch(schema, 0, path, (branch, inner) => SetDefault(branch, value, inner));
                break;
            case AvroKind.Record:
                foreach (var field in schema.Fields)
                {
                    SetDefault(field.Schema, AvroDefaults.Of(field, value)!.Value, Inside(path, field));
                }

                break;
            case AvroKind.Array:
                SetDefaultRows(path, [.. value.EnumerateArray().Select<JsonElement, Action>(item => () => SetDefault(schema.Items!, item, path + "[]"))], "[]");
                break;
            case AvroKind.Map:
                SetDefaultMap(schema, value, path);
                break;
            default:
                SetDefaultScalar(schema, value, path);
                break;
        }
    }

    private void SetDefaultScalar(AvroSchema schema, JsonElement value, string path)
    {
        var slot = bindings.SlotOf(path);
        if (slot < 0)
        {
            return;
        }

        switch (bindings.All[slot].Kind)
        {
            case ColumnKind.Long when schema.Kind is AvroKind.Boolean:
                Set(slot, value.GetBoolean() ? 1 : 0);
                break;
            case ColumnKind.Long when schema.Kind is AvroKind.Int or AvroKind.Long:
                Set(slot, value.GetInt64());
                break;
            case ColumnKind.Long when schema.Kind is AvroKind.Enum:
                Set(slot, schema.Symbols.ToList().IndexOf(value.GetString()!));
                break;
            case ColumnKind.Double when schema.Kind is AvroKind.Float or AvroKind.Double:
                var number = schema.Kind == AvroKind.Float ? value.GetSingle() : value.GetDouble();
                Cover(slot, new(OpCode.SetDouble, (ushort)slot, _program.Number(BitConverter.DoubleToInt64Bits(number))));
                break;
            default:
                SetDefaultBytes(slot, schema.Kind, value);
                break;
        }
    }

    private void SetDefaultBytes(int slot, AvroKind kind, JsonElement value)
    {
        if (kind is not (AvroKind.String or AvroKind.Bytes or AvroKind.Fixed))
        {
            Fail();
            return;
        }

        var bytes = kind == AvroKind.String ? Encoding.UTF8.GetBytes(value.GetString()!) : AvroDefaults.Bytes(value);
        switch (bindings.All[slot].Kind)
        {
            case ColumnKind.Span:
                Cover(slot, new(OpCode.SetSpan, (ushort)slot, bytes.Length == 0 ? 0 : _program.Constant(bytes), bytes.Length));
                break;
            case ColumnKind.Word:
                Cover(slot, new(OpCode.SetWord, (ushort)slot, bytes.Length == 0 ? -1 : _program.Text(bytes)));
                break;
            case ColumnKind.Fixed16 when bytes.Length == 16:
                var high = _program.Number(BinaryPrimitives.ReadInt64BigEndian(bytes));
                Cover(slot, new(OpCode.SetFixed16, (ushort)slot, high, _program.Number(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8)))));
                break;
            default:
                Fail();
                break;
        }
    }

    private void SetDefaultMap(AvroSchema schema, JsonElement value, string path)
    {
        var pairs = value.EnumerateObject().ToList();
        var slot = bindings.SlotOf(path);
        if (slot < 0 || bindings.All[slot].Kind != ColumnKind.Span)
        {
            SetDefaultRows(path, [.. pairs.Select<JsonProperty, Action>(pair => () =>
            {
                if (bindings.SlotOf(path + "{key}") is >= 0 and var key)
                {
                    SetDefaultBytes(key, AvroKind.String, JsonSerializer.SerializeToElement(pair.Name));
                }

                SetDefault(schema.Items!, pair.Value, path + "{}");
            })], "{}");
            return;
        }

        if (pairs.Count == 0)
        {
            Cover(slot, new(OpCode.SetSpan, (ushort)slot));
            return;
        }

        var blocks = new AvroWriter();
        AvroDefaults.Write(blocks, schema, value);
        Cover(slot, new(OpCode.SetSpan, (ushort)slot, _program.Constant(blocks.Written), blocks.Length));
    }

    // A segment for each item of the default; -1 instead of a table when there is none.
    private void SetDefaultRows(string path, Action[] items, string suffix)
    {
        var slot = bindings.SlotOf(path);
        if (slot < 0)
        {
            return;
        }

        var outer = _covered;
        var segments = new int[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            _covered = [];
            segments[i] = _program.Write(_program.Reserve(), () =>
            {
                items[i]();
                SetAbsent(path + suffix);
            });
        }

        _covered = outer;
        var keys = suffix == "{}" ? bindings.SlotsOfRow(path + "{key}") : [];
        int[] children = [.. keys, .. bindings.SlotsOfRow(path + suffix)];
        Cover(slot, items.Length == 0 ? new(OpCode.SetRows, (ushort)slot, -1) : new(OpCode.SetRows, (ushort)slot, _program.Table(segments), _program.Table(children)));
    }
}
