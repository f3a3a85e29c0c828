using System.Buffers.Binary;
using System.Text;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>Reads blocks in ClickHouse's Native format, as a server would: names and types come with the bytes.</summary>
/// <remarks>Whole numbers and times become <see cref="long"/> (a UInt64 wraps), texts <see cref="string"/>, arrays and maps arrays of these.</remarks>
internal ref struct NativeReader(ReadOnlySpan<byte> bytes)
{
    private const int LongestWord = 128;
    private static readonly object[] Small = [.. Enumerable.Range(0, 1_024).Select(number => (object)(long)number)];
    private static readonly Dictionary<string, NativeType> Types = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal);

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
            names[column] = Name();
            var read = Column(Type(), rows);
            for (var row = 0; row < rows; row++)
            {
                values[row][column] = read[row];
            }
        }

        return (names, values);
    }

    private object?[] Column(NativeType type, int rows)
    {
        switch (type.Kind)
        {
            case NativeKind.Nullable:
                var isNull = Raw(rows);
                var values = Column(type.Of[0], rows);
                for (var row = 0; row < rows; row++)
                {
                    values[row] = isNull[row] == 1 ? null : values[row];
                }

                return values;
            case NativeKind.Words:
                return Words(type.Of[0]);
            case NativeKind.Array:
                return Cut(Ends(rows, out var items), Column(type.Of[0], items));
            case NativeKind.Map:
                var ends = Ends(rows, out var pairs);
                var (keys, found) = (Column(type.Of[0], pairs), Column(type.Of[1], pairs));
                return Cut(ends, [.. keys.Select((key, i) => (object)$"{key}={found[i]}")]);
            default:
                var plain = new object?[rows];
                for (var row = 0; row < rows; row++)
                {
                    plain[row] = Value(type.Kind);
                }

                return plain;
        }
    }

    // Version, flags with the width of a number, the words, then each row's number.
    private object?[] Words(NativeType type)
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

    private object Value(NativeKind kind) => kind switch
    {
        NativeKind.Text => Text(),
        NativeKind.One => Boxed(Raw(1)[0]),
        NativeKind.Two => Boxed(BinaryPrimitives.ReadUInt16LittleEndian(Raw(2))),
        NativeKind.Signed => Boxed(BinaryPrimitives.ReadInt32LittleEndian(Raw(4))),
        NativeKind.Four => Boxed(BinaryPrimitives.ReadUInt32LittleEndian(Raw(4))),
        NativeKind.Eight => Boxed(BinaryPrimitives.ReadInt64LittleEndian(Raw(8))),
        NativeKind.Double => BinaryPrimitives.ReadDoubleLittleEndian(Raw(8)),
        NativeKind.Id => $"{BinaryPrimitives.ReadUInt64LittleEndian(Raw(8)):x16}{BinaryPrimitives.ReadUInt64LittleEndian(Raw(8)):x16}",
        _ => throw new InvalidOperationException($"{kind} is no plain type."),
    };

    private static object Boxed(long number) => (ulong)number < (ulong)Small.Length ? Small[number] : number;

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

    private NativeType Type()
    {
        Span<char> word = stackalloc char[LongestWord];
        var name = word[..Encoding.UTF8.GetChars(Raw((int)Varint()), word)];
        var types = Types.GetAlternateLookup<ReadOnlySpan<char>>();
        return types.TryGetValue(name, out var type) ? type : types.Dictionary[name.ToString()] = NativeType.Parse(name.ToString());
    }

    private string Name()
    {
        Span<char> word = stackalloc char[LongestWord];
        var name = word[..Encoding.UTF8.GetChars(Raw((int)Varint()), word)];
        var names = Names.GetAlternateLookup<ReadOnlySpan<char>>();
        return names.TryGetValue(name, out var known) ? known : names.Dictionary[name.ToString()] = name.ToString();
    }

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
