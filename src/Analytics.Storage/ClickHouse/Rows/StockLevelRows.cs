namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>One accepted stock level. Numbers are <see cref="long.MinValue"/>, the rating NaN, where absent.</summary>
public ref struct StockLevelRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>The texts, as the columns are called.</summary>
    public ReadOnlySpan<byte> ProductId, Title, Currency;

    /// <summary>Derived event time, Unix milliseconds.</summary>
    public long EventTime;

    /// <summary>Halves of the event id, big endian.</summary>
    public ulong IdHigh, IdLow;

    /// <summary>Pieces.</summary>
    public long Stock;

    /// <summary>What the listing looks like.</summary>
    public long Images, DescriptionLength, Price;

    /// <summary>Mean rating.</summary>
    public double Rating;
}

/// <summary>Writes rows of <see cref="Tables.StockLevels"/>.</summary>
public static class StockLevelRows
{
    /// <summary>Adds one row.</summary>
    public static void Add(TableRows rows, in RecordStamp stamp, scoped in StockLevelRow row)
    {
        var block = rows.BlockAt(Math.DivRem(row.EventTime, 1000).Quotient, stamp.KeepUntil);
        block[0].Add(row.Tenant);
        block[1].AddText(row.ProductId);
        block[2].Add(row.EventTime);
        block[3].AddUuid(row.IdHigh, row.IdLow);
        block[4].Add(row.Stock);
        block[5].AddText(row.Title);
        block[6].AddNullable((int)row.Images, row.Images == long.MinValue);
        block[7].AddNullable((int)row.DescriptionLength, row.DescriptionLength == long.MinValue);
        block[8].AddNullable(double.IsNaN(row.Rating) ? 0 : row.Rating, double.IsNaN(row.Rating));
        block[9].AddNullable(row.Price, row.Price == long.MinValue);
        block[10].AddText(row.Currency);
        block[11].Add(stamp.Epoch);
        block[12].Add((uint)stamp.Partition);
        block[13].Add(stamp.Offset);
        block[14].Add(stamp.KeepUntil);
        block.EndRow();
    }
}
