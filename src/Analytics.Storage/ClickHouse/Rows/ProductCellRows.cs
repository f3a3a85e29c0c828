using System.Runtime.InteropServices;
using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>One minute of one product. Words are ids of the chunk's <see cref="Words"/>.</summary>
[StructLayout(LayoutKind.Auto)]
public struct ProductCellRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>Start of the minute, Unix seconds.</summary>
    public uint Window;

    /// <summary>Product id.</summary>
    public int Product;

    /// <summary>Event name.</summary>
    public int Name;

    /// <summary>Three letters, or empty.</summary>
    public int Currency;

    /// <summary>Absolute figures of this chunk; events are lines where the event is an order.</summary>
    public CellFigures Figures;
}

/// <summary>Writes rows of <see cref="Tables.ProductCells"/>: one minute of one product, as one chunk has counted it.</summary>
public static class ProductCellRows
{
    /// <summary>Adds rows.</summary>
    /// <param name="rows">Rows of <see cref="Tables.ProductCells"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="cells">At most <see cref="CellRows.Strip"/> of them.</param>
    /// <param name="words">Their words.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(TableRows rows, in ChunkStamp stamp, ReadOnlySpan<ProductCellRow> cells, Words words, long retention)
    {
        Span<uint> windows = stackalloc uint[cells.Length];
        Span<uint> keepUntil = stackalloc uint[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            windows[i] = cells[i].Window;
        }

        var runs = new BlockRuns(rows, stamp, windows, retention, keepUntil);
        while (runs.MoveNext())
        {
            var run = runs.Range;
            windows[run].CopyTo(runs.Block[1].Extend<uint>(windows[run].Length));
            Add(runs.Block, stamp, cells[run], keepUntil[run], words);
        }
    }

    private static void Add(NativeBlock block, in ChunkStamp stamp, ReadOnlySpan<ProductCellRow> cells, ReadOnlySpan<uint> keepUntil, Words words)
    {
        var tenants = block[0].Extend<ulong>(cells.Length);
        Span<uint> names = stackalloc uint[cells.Length];
        Span<uint> currencies = stackalloc uint[cells.Length];
        Span<CellFigures> figures = stackalloc CellFigures[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            tenants[i] = cell.Tenant;
            block[2].AddText(words[cell.Product]);
            names[i] = block[3].NumberOf(cell.Name, words[cell.Name]);
            currencies[i] = block[4].NumberOf(cell.Currency, words[cell.Currency]);
            figures[i] = cell.Figures;
        }

        block[3].AddNumbers(names);
        block[4].AddNumbers(currencies);
        CellRows.AddFigures(block, 5, stamp, figures, keepUntil);
    }
}
