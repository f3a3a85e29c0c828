using System.Buffers.Binary;
using System.Text;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>Reads blocks in ClickHouse's Native format, as a server would: names and types come with the bytes.</summary>
/// <remarks>Whole numbers and times become <see cref="long"/> (a UInt64 wraps), texts <see cref="string"/>, arrays and maps arrays of these.</remarks>
internal ref struct NativeReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool IsAtEnd => _at == _bytes.Length;

    /// <summary>The next block: the names of its columns, and its rows.</summary>
    public (string[] Columns, object?[][] Rows) Block()
    {
        var (columns, rows) = ((int)Varint(), (int)Varint());
        var names = new string[columns];
        var values = new object?[rows][];
        for (var row = 0; row < rows; row++)
        {
            values[row] = new object?[columns];
        }

        for (var column = 0; column < columns; column++)
        {
            names[column] = Text();
            var read = Column(Text(), rows);
            for (var row = 0; row < rows; row++)
            {
                values[row][column] = read[row];
            }
        }

        return (names, values);
    }

    private object?[] Column(string type, int rows)
    {
        if (Inner(type, "Nullable") is { } value)
        {
            var isNull = Raw(rows);
            var values = Column(value, rows);
            for (var row = 0; row < rows; row++)
            {
                values[row] = isNull[row] == 1 ? null : values[row];
            }

            return values;
        }

        if (Inner(type, "LowCardinality") is { } word)
        {
            return Words(word);
        }

        if (Inner(type, "Array") is { } item)
        {
            return Cut(Ends(rows, out var count), Column(item, count));
        }

        if (Inner(type, "Map") is { } pair)
        {
            var comma = pair.IndexOf(", ", StringComparison.Ordinal);
            var ends = Ends(rows, out var count);
            var (keys, values) = (Column(pair[..comma], count), Column(pair[(comma + 2)..], count));
            return Cut(ends, [.. keys.Select((key, i) => (object)$"{key}={values[i]}")]);
        }

        var plain = new object?[rows];
        for (var row = 0; row < rows; row++)
        {
            plain[row] = Value(type);
        }

        return plain;
    }

    // Version, flags with the width of a number, the words, then each row's number.
    private object?[] Words(string type)
    {
        Raw(8);
        var width = 1 << Raw(8)[0];
        var words = Column(type, (int)BinaryPrimitives.ReadInt64LittleEndian(Raw(8)));
        var rows = new object?[BinaryPrimitives.ReadInt64LittleEndian(Raw(8))];
        for (var row = 0; row < rows.Length; row++)
        {
            var number = 0;
            foreach (var digit in Raw(width))
            {
                number = (number >> 8) | (digit << (8 * (width - 1)));
            }

            rows[row] = words[number];
        }

        return rows;
    }

    private object Value(string type)
    {
        var end = type.IndexOf('(', StringComparison.Ordinal);
        switch (end < 0 ? type : type[..end])
        {
            case "String":
                return Text();
            case "UInt8" or "Bool" or "Int8":
                return (long)Raw(1)[0];
            case "UInt16" or "Date":
                return (long)BinaryPrimitives.ReadUInt16LittleEndian(Raw(2));
            case "Int32":
                return (long)BinaryPrimitives.ReadInt32LittleEndian(Raw(4));
            case "UInt32" or "DateTime":
                return (long)BinaryPrimitives.ReadUInt32LittleEndian(Raw(4));
            case "UInt64" or "Int64" or "DateTime64":
                return BinaryPrimitives.ReadInt64LittleEndian(Raw(8));
            case "Float64":
                return BinaryPrimitives.ReadDoubleLittleEndian(Raw(8));
            case "UUID":
                return $"{BinaryPrimitives.ReadUInt64LittleEndian(Raw(8)):x16}{BinaryPrimitives.ReadUInt64LittleEndian(Raw(8)):x16}";
            default:
                throw new InvalidOperationException($"The simulated ClickHouse does not know the type {type}: teach it to {nameof(NativeReader)}.");
        }
    }

    private long[] Ends(int rows, out int count)
    {
        var ends = new long[rows];
        for (var row = 0; row < rows; row++)
        {
            ends[row] = BinaryPrimitives.ReadInt64LittleEndian(Raw(8));
        }

        count = rows == 0 ? 0 : (int)ends[^1];
        return ends;
    }

    private static object?[] Cut(long[] ends, object?[] items)
    {
        var cut = new object?[ends.Length];
        for (var row = 0; row < ends.Length; row++)
        {
            cut[row] = items[(row == 0 ? 0 : (int)ends[row - 1])..(int)ends[row]];
        }

        return cut;
    }

    private static string? Inner(string type, string of) =>
        type.StartsWith(of + "(", StringComparison.Ordinal) ? type[(of.Length + 1)..^1] : null;

    private string Text() => Encoding.UTF8.GetString(Raw((int)Varint()));

    private ReadOnlySpan<byte> Raw(int length)
    {
        var raw = _bytes.Slice(_at, length);
        _at += length;
        return raw;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = _bytes[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
