namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>One line of an accepted order event. Amounts in minor units, times in Unix milliseconds.</summary>
public ref struct OrderLineRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>The texts, as the columns are called; status is placed, cancelled or refunded.</summary>
    public ReadOnlySpan<byte> OrderId, Status, UserId, ProductId, Currency;

    /// <summary>Position in the event, from 0.</summary>
    public uint Line;

    /// <summary>Halves of the event id, big endian.</summary>
    public ulong IdHigh, IdLow;

    /// <summary>Derived event time.</summary>
    public long EventTime;

    /// <summary>The amounts.</summary>
    public long Quantity, UnitPrice, Discount, Revenue;
}

/// <summary>Writes rows of <see cref="Tables.OrderLines"/>.</summary>
public static class OrderLineRows
{
    /// <summary>Adds one row.</summary>
    public static void Add(TableRows rows, in RecordStamp stamp, scoped in OrderLineRow row)
    {
        var seconds = Math.DivRem(row.EventTime, 1000).Quotient;
        var block = rows.BlockAt(seconds, stamp.KeepUntil);
        block[0].Add(row.Tenant);
        block[1].Add((ushort)(seconds / 86_400));
        block[2].AddText(row.OrderId);
        block[3].Add(row.Line);
        block[4].AddText(row.Status);
        block[5].AddUuid(row.IdHigh, row.IdLow);
        block[6].Add(row.EventTime);
        block[7].AddText(row.UserId);
        block[8].AddText(row.ProductId);
        block[9].Add(row.Quantity);
        block[10].Add(row.UnitPrice);
        block[11].Add(row.Discount);
        block[12].Add(row.Revenue);
        block[13].AddText(row.Currency);
        block[14].Add(stamp.Epoch);
        block[15].Add((uint)stamp.Partition);
        block[16].Add(stamp.Offset);
        block[17].Add(stamp.KeepUntil);
        block.EndRow();
    }
}
