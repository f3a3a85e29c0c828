namespace Analytics.Storage.ClickHouse;

/// <summary>Rows of one table in ClickHouse's Native format, column by column.</summary>
/// <remarks>
/// Several blocks may follow each other in the body of one insert. Parsed 10 times as fast as RowBinary and 150 times as fast as JSONEachRow
/// (220, 22 and 1.5 million rows a second, one thread). Filled by one thread, then read by one other; once the insert is acknowledged it is filled again,
/// see <see cref="NativeBlockPool"/>.
/// </remarks>
public sealed class NativeBlock
{
    private readonly NativeColumn[] _columns;

    /// <summary>An empty block of these columns.</summary>
    public NativeBlock(ReadOnlySpan<NativeColumnShape> columns)
    {
        _columns = new NativeColumn[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            _columns[i] = new NativeColumn(columns[i].Name, columns[i].Type);
        }
    }

    /// <summary>Rows ended so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Bytes of the columns so far.</summary>
    public long Bytes => _columns.Sum(column => column.Length);

    /// <summary>The column at this place of the table's shape.</summary>
    public NativeColumn this[int column] => _columns[column];

    /// <summary>Every column has got its value of this row.</summary>
    public void EndRow() => Rows++;

    /// <summary>Every column has got its values of these rows.</summary>
    public void EndRows(int rows) => Rows += rows;

    /// <summary>For the writers of rows: the numbers of each combination of dimensions in the dictionaries of this block; see <see cref="Rows.DimensionColumns"/>.</summary>
    internal uint[] DimensionNumbers = [];

    /// <summary>The block as it goes over the wire.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        yield return Header(_columns.Length, Rows);
        foreach (var column in _columns)
        {
            yield return column.Header;
            foreach (var part in column.Parts)
            {
                yield return part;
            }
        }
    }

    /// <summary>Bytes of memory that the block holds, used or not.</summary>
    internal long Capacity
    {
        get
        {
            long capacity = 0;
            foreach (var column in _columns)
            {
                capacity += column.Capacity;
            }

            return capacity;
        }
    }

    /// <summary>Empties the block and gives its pages back, for other rows.</summary>
    internal void Clear()
    {
        foreach (var column in _columns)
        {
            column.Clear();
        }

        DimensionNumbers.AsSpan().Clear();
        Rows = 0;
    }

    private static byte[] Header(int columns, int rows)
    {
        Span<byte> header = stackalloc byte[10];
        var length = WriteVarint(header, (uint)columns);
        length += WriteVarint(header[length..], (uint)rows);
        return header[..length].ToArray();
    }

    private static int WriteVarint(Span<byte> to, uint value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            to[at++] = (byte)(value | 0x80);
        }

        to[at++] = (byte)value;
        return at;
    }
}

/// <summary>Name and wire type of one column.</summary>
/// <param name="Name">The table's column.</param>
/// <param name="Type">ClickHouse type of the bytes that are sent; the server converts it to the table's.</param>
public readonly record struct NativeColumnShape(string Name, string Type);
