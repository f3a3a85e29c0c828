using System.Buffers.Binary;
using System.Text;
using Analytics.Storage.ClickHouse;

namespace Analytics.Worker.Tests.Windowing;

/// <summary>Reads the rows of a table back from its Native blocks: a column's values by name, row by row.</summary>
internal static class NativeRows
{
    /// <summary>The rows of one table in a lane's output.</summary>
    public static IEnumerable<Dictionary<string, object>> Read(IEnumerable<TableRows> tables, TableShape shape) =>
        tables.Where(table => table.Shape == shape).SelectMany(table => table.Blocks.Values).SelectMany(Read);

    private static IEnumerable<Dictionary<string, object>> Read(NativeBlock block)
    {
        var bytes = block.Parts().SelectMany(part => part.ToArray()).ToArray();
        var at = 0;
        var columns = Varint(bytes, ref at);
        var rows = Enumerable.Range(0, Varint(bytes, ref at)).Select(_ => new Dictionary<string, object>()).ToArray();
        for (var column = 0; column < columns; column++)
        {
            var name = Text(bytes, ref at);
            var type = Text(bytes, ref at);
            foreach (var (row, value) in rows.Zip(Values(type, rows.Length, bytes, ref at)))
            {
                row[name] = value;
            }
        }

        Assert.Equal(bytes.Length, at);
        return rows;
    }

    private static object[] Values(string type, int rows, byte[] bytes, ref int at)
    {
        var values = new object[rows];
        if (type == "Array(UInt64)")
        {
            var ends = Values("UInt64", rows, bytes, ref at);
            ulong start = 0;
            for (var i = 0; i < rows; i++)
            {
                var end = (ulong)ends[i];
                values[i] = Values("UInt64", (int)(end - start), bytes, ref at).Cast<ulong>().ToArray();
                start = end;
            }

            return values;
        }

        if (type == "LowCardinality(String)")
        {
            return rows == 0 ? values : Words(rows, bytes, ref at);
        }

        if (type.StartsWith("Nullable(", StringComparison.Ordinal))
        {
            var nulls = Values("UInt8", rows, bytes, ref at);
            var given = Values(type["Nullable(".Length..^1], rows, bytes, ref at);
            return [.. given.Select((value, i) => (byte)nulls[i] == 1 ? DBNull.Value : value)];
        }

        for (var i = 0; i < rows; i++)
        {
            values[i] = Value(type, bytes, ref at);
        }

        return values;
    }

    private static object[] Words(int rows, byte[] bytes, ref int at)
    {
        Assert.Equal(1UL, (ulong)Value("UInt64", bytes, ref at));
        var kind = (ulong)Value("UInt64", bytes, ref at);
        Assert.Equal(0x600UL, kind & ~0xFFUL);
        var words = Values("String", (int)(ulong)Value("UInt64", bytes, ref at), bytes, ref at);
        Assert.Equal((ulong)rows, Value("UInt64", bytes, ref at));
        var values = new object[rows];
        for (var i = 0; i < rows; i++)
        {
            values[i] = words[Convert.ToInt32(Value((kind & 0xFF) switch { 0 => "UInt8", 1 => "UInt16", _ => "UInt32" }, bytes, ref at), System.Globalization.CultureInfo.InvariantCulture)];
        }

        return values;
    }

    private static object Value(string type, byte[] bytes, ref int at)
    {
        if (type == "String")
        {
            return Text(bytes, ref at);
        }

        var rest = bytes.AsSpan(at);
        (object value, int size) = type switch
        {
            "UInt8" => ((object)rest[0], 1),
            "UInt16" => (BinaryPrimitives.ReadUInt16LittleEndian(rest), 2),
            "UInt32" or "DateTime('UTC')" => (BinaryPrimitives.ReadUInt32LittleEndian(rest), 4),
            "UInt64" => (BinaryPrimitives.ReadUInt64LittleEndian(rest), 8),
            "Int64" or "DateTime64(3, 'UTC')" => (BinaryPrimitives.ReadInt64LittleEndian(rest), 8),
            _ => throw new NotSupportedException(type),
        };
        at += size;
        return value;
    }

    private static string Text(byte[] bytes, ref int at)
    {
        var length = Varint(bytes, ref at);
        at += length;
        return Encoding.UTF8.GetString(bytes, at - length, length);
    }

    private static int Varint(byte[] bytes, ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
