using System.Buffers.Binary;
using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

/// <summary>Columns for every value of a reader's schema, and the values of a row as one text that other implementations can print too.</summary>
/// <remarks>
/// null · true · whole numbers in decimal · floats as the hex of a double's bits · text and bytes as the hex of their bytes · enums by symbol ·
/// [items] · {key:value,…} by ascending key · (fields). Strings and bytes look alike, and a union is its value, since not all others tell the branch.
/// </remarks>
internal sealed class BoundSchema
{
    private readonly List<Column> _columns = [];
    private readonly Dictionary<string, Column> _byPath = new(StringComparer.Ordinal);
    private readonly AvroSchema _reader;

    public BoundSchema(AvroSchema reader)
    {
        _reader = reader;
        Bind(reader, "");
        Target = new AvroTarget(Bindings, [.. _columns]) { Words = new Words() };
        Target.Begin(4);
    }

    public AvroSchema Reader => _reader;

    public ColumnBindings Bindings { get; } = new();

    public AvroTarget Target { get; }

    /// <summary>The text of a record, or the verdict on it; null where the schemas do not go together at all.</summary>
    public string Read(AvroSchema writer, ReadOnlySpan<byte> record, int row = 2)
    {
        var plan = AvroPlan.TryCompile(writer, _reader, Bindings, out var reasons);
        return plan is null ? "incompatible: " + string.Join("; ", reasons) : Read(plan, record, row);
    }

    /// <summary>The same from a plan: as its machine code reads the record, which must be as its steps do.</summary>
    public string Read(AvroPlan plan, ReadOnlySpan<byte> record, int row = 2)
    {
        var framed = new FramedBytes(plan, record, row);
        var steps = TextOf(framed.ReadSteps(plan, Target), row, framed.Bytes);
        var code = TextOf(framed.ReadCode(plan, Target), row, framed.Bytes);
        Assert.Equal(steps, code);
        return code;
    }

    /// <summary>Makes room for many items, so that reading them allocates nothing.</summary>
    public void Reserve(int items) => _columns.ForEach(column => column.Reserve(items));

    /// <summary>The text of a row, or the verdict on it.</summary>
    public string TextOf(Verdict verdict, int row, byte[] bytes) => verdict == Verdict.Accepted ? Text(_reader, "", row, bytes) : verdict.ToString();

    private void Bind(AvroSchema schema, string path)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Record:
                foreach (var field in schema.Fields)
                {
                    Bind(field.Schema, path.Length == 0 ? field.Name : $"{path}.{field.Name}");
                }

                break;
            case AvroKind.Union when schema.Branches.Count == 2 && schema.Branches.Any(branch => branch.Kind == AvroKind.Null) && IsScalar(schema.Branches):
                Bind(schema.Branches.First(branch => branch.Kind != AvroKind.Null), path);
                break;
            case AvroKind.Union:
                Add(path + "|", new LongColumn(), ColumnKind.Long);
                foreach (var branch in schema.Branches)
                {
                    Bind(branch, $"{path}|{Name(branch)}");
                }

                break;
            case AvroKind.Array:
                Add(path, new RowsColumn(), ColumnKind.Rows);
                Bind(schema.Items!, path + "[]");
                break;
            case AvroKind.Map:
                Add(path, new RowsColumn(), ColumnKind.Rows);
                Add(path + "{key}", new SpanColumn(), ColumnKind.Span);
                Bind(schema.Items!, path + "{}");
                break;
            case AvroKind.Float or AvroKind.Double:
                Add(path, new DoubleColumn(), ColumnKind.Double);
                break;
            case AvroKind.String when path.Length % 2 == 0:
                Add(path, new WordColumn(), ColumnKind.Word);
                break;
            case AvroKind.String or AvroKind.Bytes:
                Add(path, new SpanColumn(), ColumnKind.Span);
                break;
            case AvroKind.Fixed when schema.Size == 16:
                Add(path, new Fixed16Column(), ColumnKind.Fixed16);
                break;
            case AvroKind.Fixed:
                Add(path, new SpanColumn(), ColumnKind.Span);
                break;
            default:
                Add(path, new LongColumn(), ColumnKind.Long);
                break;
        }
    }

    // A fixed of 16 bytes that is null cannot be told from one of zeros, so it takes the way of other unions.
    private static bool IsScalar(IReadOnlyList<AvroSchema> branches) =>
        branches.All(branch => branch.Kind is AvroKind.Null or AvroKind.Boolean or AvroKind.Int or AvroKind.Bytes || (branch.Kind == AvroKind.Fixed && branch.Size != 16));

    private void Add(string path, Column column, ColumnKind kind)
    {
        Bindings.Add(path, kind);
        _columns.Add(column);
        _byPath.Add(path, column);
    }

    private string Text(AvroSchema schema, string path, int row, byte[] bytes)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null:
                return "null";
            case AvroKind.Record:
                return "(" + string.Join(",", schema.Fields.Select(field => Text(field.Schema, path.Length == 0 ? field.Name : $"{path}.{field.Name}", row, bytes))) + ")";
            case AvroKind.Union when _byPath.TryGetValue(path + "|", out var index):
                var branch = schema.Branches[(int)((LongColumn)index).Values[row]];
                Assert.All(schema.Branches.Where(other => other != branch && IsScalar([other])), other => Assert.Equal("null", Text(other, $"{path}|{Name(other)}", row, bytes)));
                return Text(branch, $"{path}|{Name(branch)}", row, bytes);
            case AvroKind.Union:
                return Text(schema.Branches.First(one => one.Kind != AvroKind.Null), path, row, bytes);
            case AvroKind.Array:
                return "[" + string.Join(",", Children(path, row).Select(child => Text(schema.Items!, path + "[]", child, bytes))) + "]";
            case AvroKind.Map:
                // Of a key that stands twice others keep the last.
                var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var child in Children(path, row))
                {
                    pairs[Hex(Bytes(path + "{key}", child, bytes)!)] = Text(schema.Items!, path + "{}", child, bytes);
                }

                return "{" + string.Join(",", pairs.Select(pair => $"{pair.Key}:{pair.Value}").Order(StringComparer.Ordinal)) + "}";
            case AvroKind.Float or AvroKind.Double:
                return Bits(((DoubleColumn)_byPath[path]).Values[row]);
            case AvroKind.String or AvroKind.Bytes or AvroKind.Fixed:
                return Bytes(path, row, bytes) is { } value ? Hex(value) : "null";
            default:
                return Number(schema, ((LongColumn)_byPath[path]).Values[row]);
        }
    }

    private static string Number(AvroSchema schema, long value) => (schema.Kind, value) switch
    {
        (AvroKind.Boolean or AvroKind.Int or AvroKind.Enum, LongColumn.Absent) => "null",
        (AvroKind.Boolean, _) => value == 1 ? "true" : "false",
        (AvroKind.Enum, _) => schema.Symbols[(int)value],
        _ => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private IEnumerable<int> Children(string path, int row)
    {
        var rows = (RowsColumn)_byPath[path];
        return Enumerable.Range(rows.Start[row], rows.Count[row]);
    }

    private byte[]? Bytes(string path, int row, byte[] bytes)
    {
        switch (_byPath[path])
        {
            case WordColumn words:
                return Target.Words[words.Ids[row]].ToArray();
            case Fixed16Column ids:
                var value = new byte[16];
                BinaryPrimitives.WriteUInt64BigEndian(value, ids.High[row]);
                BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(8), ids.Low[row]);
                return value;
            default:
                var spans = (SpanColumn)_byPath[path];
                return spans.Length[row] < 0 ? null : spans.Of(row, bytes).ToArray();
        }
    }

    private static string Name(AvroSchema branch) => branch.Name ?? branch.Title.Split(' ')[0];

    private static string Hex(byte[] value) => "x" + Convert.ToHexStringLower(value);

    private static string Bits(double value) => double.IsNaN(value) ? "nan" : "f" + BitConverter.DoubleToInt64Bits(value).ToString("x16", null);

    /// <summary>The text of a string value.</summary>
    public static string TextOf(string value) => Hex(Encoding.UTF8.GetBytes(value));

    /// <summary>The text of a float value.</summary>
    public static string TextOf(double value) => Bits(value);
}
