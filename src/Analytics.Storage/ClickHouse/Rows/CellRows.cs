using System.Runtime.InteropServices;
using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>What a cell or a product cell counts. Sums of whole numbers, so the order of counting does not matter.</summary>
public struct CellFigures
{
    /// <summary>Events; for product cells of orders: lines.</summary>
    public long Events;

    /// <summary>Pieces.</summary>
    public long Units;

    /// <summary>Minor units.</summary>
    public long Revenue;

    /// <summary>Minor units.</summary>
    public long Discount;

    /// <summary>Counts one event with its amounts.</summary>
    public void Add(long units, long revenue, long discount)
    {
        Events++;
        Units += units;
        Revenue += revenue;
        Discount += discount;
    }
}

/// <summary>One minute of one combination of dimensions.</summary>
[StructLayout(LayoutKind.Auto)]
public struct CellRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>Start of the minute, Unix seconds.</summary>
    public uint Window;

    /// <summary>Number of the combination.</summary>
    public int Dimensions;

    /// <summary>Absolute figures of this chunk.</summary>
    public CellFigures Figures;
}

/// <summary>Writes rows of <see cref="Tables.Cells"/>: one minute of one combination of dimensions, as one chunk has counted it.</summary>
public static class CellRows
{
    /// <summary>Most rows of one call.</summary>
    public const int Strip = 512;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Cells"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="cells">At most <see cref="Strip"/> of them.</param>
    /// <param name="dimensions">The combinations of dimensions.</param>
    /// <param name="words">Their words.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(
        TableRows rows, in ChunkStamp stamp, ReadOnlySpan<CellRow> cells, ReadOnlySpan<DimensionWords> dimensions, Words words, long retention)
    {
        Span<uint> windows = stackalloc uint[cells.Length];
        Span<uint> keepUntil = stackalloc uint[cells.Length];
        Span<int> of = stackalloc int[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            (windows[i], of[i]) = (cells[i].Window, cells[i].Dimensions);
        }

        var runs = new BlockRuns(rows, stamp, windows, retention, keepUntil);
        while (runs.MoveNext())
        {
            var run = runs.Range;
            windows[run].CopyTo(runs.Block[1].Extend<uint>(windows[run].Length));
            Add(runs.Block, stamp, cells[run], of[run], keepUntil[run], dimensions, words);
        }
    }

    /// <summary>Adds the chunk's columns and those of figures.</summary>
    internal static void AddFigures(NativeBlock block, int at, in ChunkStamp stamp, ReadOnlySpan<CellFigures> figures, ReadOnlySpan<uint> keepUntil)
    {
        var count = figures.Length;
        block[at].Fill(stamp.Epoch, count);
        block[at + 1].Fill((uint)stamp.Partition, count);
        block[at + 2].Fill(stamp.Chunk, count);
        block[at + 3].Fill(stamp.Ver, count);
        var (events, units) = (at + 4, at + 5);
        var column = block[events].Extend<long>(count);
        for (var i = 0; i < count; i++)
        {
            column[i] = figures[i].Events;
        }

        column = block[units].Extend<long>(count);
        for (var i = 0; i < count; i++)
        {
            column[i] = figures[i].Units;
        }

        column = block[at + 6].Extend<long>(count);
        for (var i = 0; i < count; i++)
        {
            column[i] = figures[i].Revenue;
        }

        column = block[at + 7].Extend<long>(count);
        for (var i = 0; i < count; i++)
        {
            column[i] = figures[i].Discount;
        }

        keepUntil.CopyTo(block[at + 8].Extend<uint>(count));
        block.EndRows(count);
    }

    private static void Add(
        NativeBlock block, in ChunkStamp stamp, ReadOnlySpan<CellRow> cells, ReadOnlySpan<int> of, ReadOnlySpan<uint> keepUntil,
        ReadOnlySpan<DimensionWords> dimensions, Words words)
    {
        var tenants = block[0].Extend<ulong>(cells.Length);
        var bots = block[7].Extend<byte>(cells.Length);
        Span<CellFigures> figures = stackalloc CellFigures[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            tenants[i] = cell.Tenant;
            bots[i] = dimensions[cell.Dimensions].IsBot;
            figures[i] = cell.Figures;
        }

        DimensionColumns.Add(block, 2, hasCurrency: true, of, dimensions, words);
        AddFigures(block, 8, stamp, figures, keepUntil);
    }
}
