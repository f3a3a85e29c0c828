using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>The words of one combination of dimensions, as ids of a chunk's <see cref="Words"/>.</summary>
public readonly record struct DimensionWords(int Name, int Country, int Device, int Source, int Currency, byte IsBot);

/// <summary>Writes the columns of dimensions of many rows at once.</summary>
/// <remarks>A combination is looked up in a block's dictionaries when it comes for the first time; a row then costs a number a column.</remarks>
internal static class DimensionColumns
{
    private const int Columns = 5;

    /// <summary>Adds name, country, device and source of each row to the columns from <paramref name="first"/> on, then the currency where wanted.</summary>
    /// <param name="block">The block.</param>
    /// <param name="first">Place of the column of names.</param>
    /// <param name="hasCurrency">True when a column of currencies follows.</param>
    /// <param name="rows">The combination of each row: its place in <paramref name="of"/>.</param>
    /// <param name="of">The combinations.</param>
    /// <param name="words">Their words.</param>
    public static void Add(NativeBlock block, int first, bool hasCurrency, ReadOnlySpan<int> rows, ReadOnlySpan<DimensionWords> of, Words words)
    {
        var numbers = NumbersOf(block, first, hasCurrency, rows, of, words);
        Span<uint> column = stackalloc uint[rows.Length];
        for (var i = 0; i < (hasCurrency ? Columns : Columns - 1); i++)
        {
            for (var row = 0; row < rows.Length; row++)
            {
                column[row] = numbers[(rows[row] * Columns) + i] - 1;
            }

            block[first + i].AddNumbers(column);
        }
    }

    // Number + 1 of each word, combination by combination; 0 where it has not been looked up.
    private static ReadOnlySpan<uint> NumbersOf(
        NativeBlock block, int first, bool hasCurrency, ReadOnlySpan<int> rows, ReadOnlySpan<DimensionWords> of, Words words)
    {
        ref var numbers = ref block.DimensionNumbers;
        if (numbers.Length < of.Length * Columns)
        {
            Array.Resize(ref numbers, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)of.Length) * Columns);
        }

        foreach (var row in rows)
        {
            var at = row * Columns;
            if (numbers[at] == 0)
            {
                var (name, country, device, source, currency, _) = of[row];
                numbers[at] = block[first].NumberOf(name, words[name]) + 1;
                numbers[at + 1] = block[first + 1].NumberOf(country, words[country]) + 1;
                numbers[at + 2] = block[first + 2].NumberOf(device, words[device]) + 1;
                numbers[at + 3] = block[first + 3].NumberOf(source, words[source]) + 1;
                numbers[at + 4] = hasCurrency ? block[first + 4].NumberOf(currency, words[currency]) + 1 : 1;
            }
        }

        return numbers;
    }
}
