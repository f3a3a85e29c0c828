namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>What one user did in one half hour of one client session, as one chunk has counted it. Times are Unix milliseconds; texts are UTF-8.</summary>
public ref struct SessionCellRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>Start of the half hour.</summary>
    public long Window;

    /// <summary>Hash of the user id.</summary>
    public ulong User;

    /// <summary>Hash of user and session id; 0 when the client gave none.</summary>
    public ulong Session;

    /// <summary>Times of the first and the last event.</summary>
    public long FirstAt, LastAt;

    /// <summary>Events; those named page_view; those that make a session engaged; those named order_placed.</summary>
    public long Events, PageViews, KeyEvents, Orders;

    /// <summary>1 when one of the events is a bot's.</summary>
    public byte IsBot;

    /// <summary>Of the first event.</summary>
    public ReadOnlySpan<byte> Source, Campaign;

    /// <summary>Pages of the first and the last event that name one; empty where none does.</summary>
    public ReadOnlySpan<byte> Entry, Exit;

    /// <summary>When those pages were seen; <see cref="long.MinValue"/> where there are none.</summary>
    public long EntryAt, ExitAt;
}

/// <summary>Writes rows of <see cref="Tables.SessionCells"/>.</summary>
public static class SessionCellRows
{
    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.SessionCells"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="row">Absolute figures of this chunk.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(TableRows rows, in ChunkStamp stamp, scoped in SessionCellRow row, long retention)
    {
        var window = row.Window / 1000;
        var keepUntil = stamp.KeepUntil(window, retention);
        var block = rows.BlockAt(window, keepUntil);
        block[0].Add(row.Tenant);
        block[1].Add((uint)window);
        block[2].Add(row.User);
        block[3].Add(row.Session);
        block[4].Add(stamp.Epoch);
        block[5].Add((uint)stamp.Partition);
        block[6].Add(stamp.Chunk);
        block[7].Add(stamp.Ver);
        block[8].Add(row.FirstAt);
        block[9].Add(row.LastAt);
        block[10].Add(row.Events);
        block[11].Add(row.PageViews);
        block[12].Add(row.KeyEvents);
        block[13].Add(row.Orders);
        block[14].Add(row.IsBot);
        block[15].AddText(row.Source);
        block[16].AddText(row.Campaign);
        block[17].AddText(row.Entry);
        block[18].AddNullable(row.EntryAt, row.EntryAt == long.MinValue);
        block[19].AddText(row.Exit);
        block[20].AddNullable(row.ExitAt, row.ExitAt == long.MinValue);
        block[21].Add(keepUntil);
        block.EndRow();
    }
}
