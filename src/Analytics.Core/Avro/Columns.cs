using System.Numerics;

namespace Analytics.Core.Avro;

/// <summary>One field of many records: row i of every column belongs to record i of the batch.</summary>
/// <remarks>
/// Pooled with its batch and reused: <see cref="Reserve"/> keeps the arrays when they are large enough, so steady state allocates nothing.
/// Not thread-safe: a batch has one owner at a time.
/// </remarks>
public abstract class Column
{
    /// <summary>Makes room for <paramref name="rows"/> rows and keeps what the rows hold. Invalidates spans over the arrays.</summary>
    public abstract void Reserve(int rows);

    /// <summary>Sets one row to the absent value.</summary>
    public abstract void Clear(int row);

    /// <summary>Grows one array to at least <paramref name="rows"/>, keeping what it holds.</summary>
    protected static void Grow<T>(ref T[] values, int rows)
    {
        if (values.Length < rows)
        {
            Array.Resize(ref values, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows));
        }
    }
}

/// <summary>A whole number: int, long, boolean, enum (the reader's symbol) or timestamp. <see cref="Absent"/> where the field is null.</summary>
public sealed class LongColumn : Column
{
    /// <summary>Stands for null.</summary>
    public const long Absent = long.MinValue;

    /// <summary>The values.</summary>
    public long[] Values = [];

    /// <inheritdoc/>
    public override void Clear(int row) => Values[row] = Absent;

    /// <inheritdoc/>
    public override void Reserve(int rows) => Grow(ref Values, rows);
}

/// <summary>A float or double; NaN where the field is null.</summary>
public sealed class DoubleColumn : Column
{
    /// <summary>The values.</summary>
    public double[] Values = [];

    /// <inheritdoc/>
    public override void Clear(int row) => Values[row] = double.NaN;

    /// <inheritdoc/>
    public override void Reserve(int rows) => Grow(ref Values, rows);
}

/// <summary>A fixed of 16 bytes as two big-endian halves; both 0 where the field is null.</summary>
public sealed class Fixed16Column : Column
{
    /// <summary>Bytes 0 to 7, big endian.</summary>
    public ulong[] High = [];

    /// <summary>Bytes 8 to 15, big endian.</summary>
    public ulong[] Low = [];

    /// <inheritdoc/>
    public override void Clear(int row) => (High[row], Low[row]) = (0, 0);

    /// <inheritdoc/>
    public override void Reserve(int rows)
    {
        Grow(ref High, rows);
        Grow(ref Low, rows);
    }
}

/// <summary>A string or bytes as a stretch of the batch's bytes; or a map, as the bytes of its encoded blocks. Length -1 where the field is null.</summary>
public sealed class SpanColumn : Column
{
    /// <summary>Where the value starts in the batch's bytes.</summary>
    public int[] Start = [];

    /// <summary>Its length in bytes, or -1 for null.</summary>
    public int[] Length = [];

    /// <inheritdoc/>
    public override void Clear(int row) => (Start[row], Length[row]) = (0, -1);

    /// <inheritdoc/>
    public override void Reserve(int rows)
    {
        Grow(ref Start, rows);
        Grow(ref Length, rows);
    }

    /// <summary>The largest length of the first rows, those of records that were rejected included; -1 without any.</summary>
    public int Longest(int rows)
    {
        var lengths = Length.AsSpan(0, rows);
        var most = new Vector<int>(-1);
        for (; lengths.Length >= Vector<int>.Count; lengths = lengths[Vector<int>.Count..])
        {
            most = Vector.Max(most, new Vector<int>(lengths));
        }

        var longest = -1;
        for (var i = 0; i < Vector<int>.Count; i++)
        {
            longest = Math.Max(longest, most[i]);
        }

        foreach (var length in lengths)
        {
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    /// <summary>The bytes of one row; empty for null.</summary>
    public ReadOnlySpan<byte> Of(int row, ReadOnlySpan<byte> bytes) => Length[row] > 0 ? bytes.Slice(Start[row], Length[row]) : default;
}

/// <summary>A string of few distinct values, as its id in the chunk's <see cref="Words"/>. Id 0 is the empty string and null.</summary>
public sealed class WordColumn : Column
{
    /// <summary>The ids.</summary>
    public int[] Ids = [];

    /// <inheritdoc/>
    public override void Clear(int row) => Ids[row] = 0;

    /// <inheritdoc/>
    public override void Reserve(int rows) => Grow(ref Ids, rows);
}

/// <summary>An array of records: row i owns child rows <c>Start[i]</c> to <c>Start[i] + Count[i]</c> of the children's columns.</summary>
public sealed class RowsColumn : Column
{
    /// <summary>First child row.</summary>
    public int[] Start = [];

    /// <summary>Number of child rows.</summary>
    public int[] Count = [];

    /// <summary>Child rows in use by all rows of the batch; its owner sets it to 0 before the batch is filled.</summary>
    public int Used;

    /// <inheritdoc/>
    public override void Clear(int row) => (Start[row], Count[row]) = (0, 0);

    /// <inheritdoc/>
    public override void Reserve(int rows)
    {
        Grow(ref Start, rows);
        Grow(ref Count, rows);
    }
}
