namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Writes rows of <see cref="Tables.ProductCells"/>: one minute of one product, as one chunk has counted it.</summary>
public static class ProductCellRows
{
    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.ProductCells"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="window">Start of the minute, Unix seconds.</param>
    /// <param name="product">Product id.</param>
    /// <param name="name">Event name.</param>
    /// <param name="currency">Three letters, or empty.</param>
    /// <param name="figures">Absolute figures of this chunk; events are lines where the event is an order.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(
        TableRows rows, in ChunkStamp stamp, ulong tenant, long window, ReadOnlySpan<byte> product, ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> currency, in CellFigures figures, long retention)
    {
        var keepUntil = stamp.KeepUntil(window, retention);
        var block = rows.BlockAt(window, keepUntil);
        block[0].Add(tenant);
        block[1].Add((uint)window);
        block[2].AddText(product);
        block[3].AddText(name);
        block[4].AddText(currency);
        CellRows.AddFigures(block, 5, stamp, figures, keepUntil);
    }
}
