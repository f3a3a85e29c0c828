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

/// <summary>Writes rows of <see cref="Tables.Cells"/>: one minute of one combination of dimensions, as one chunk has counted it.</summary>
public static class CellRows
{
    /// <summary>The texts of a cell's key.</summary>
    public ref struct Dimensions
    {
        /// <summary>Event name.</summary>
        public ReadOnlySpan<byte> Name;

        /// <summary>Two letters, or empty.</summary>
        public ReadOnlySpan<byte> Country;

        /// <summary>desktop, mobile, tablet, tv, other, or empty.</summary>
        public ReadOnlySpan<byte> Device;

        /// <summary>The channel.</summary>
        public ReadOnlySpan<byte> Source;

        /// <summary>Three letters, or empty for events without money.</summary>
        public ReadOnlySpan<byte> Currency;

        /// <summary>1 for bots.</summary>
        public byte IsBot;
    }

    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Cells"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="window">Start of the minute, Unix seconds.</param>
    /// <param name="of">The other dimensions.</param>
    /// <param name="figures">Absolute figures of this chunk.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(
        TableRows rows, in ChunkStamp stamp, ulong tenant, long window, scoped in Dimensions of, in CellFigures figures, long retention)
    {
        var keepUntil = stamp.KeepUntil(window, retention);
        var block = rows.BlockAt(window, keepUntil);
        block[0].Add(tenant);
        block[1].Add((uint)window);
        block[2].AddText(of.Name);
        block[3].AddText(of.Country);
        block[4].AddText(of.Device);
        block[5].AddText(of.Source);
        block[6].AddText(of.Currency);
        block[7].Add(of.IsBot);
        AddFigures(block, 8, stamp, figures, keepUntil);
    }

    internal static void AddFigures(NativeBlock block, int at, in ChunkStamp stamp, in CellFigures figures, uint keepUntil)
    {
        block[at].Add(stamp.Epoch);
        block[at + 1].Add((uint)stamp.Partition);
        block[at + 2].Add(stamp.Chunk);
        block[at + 3].Add(stamp.Ver);
        block[at + 4].Add(figures.Events);
        block[at + 5].Add(figures.Units);
        block[at + 6].Add(figures.Revenue);
        block[at + 7].Add(figures.Discount);
        block[at + 8].Add(keepUntil);
        block.EndRow();
    }
}
