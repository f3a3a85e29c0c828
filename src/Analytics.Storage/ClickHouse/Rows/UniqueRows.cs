namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Writes rows of <see cref="Tables.Uniques"/>: hashes of the users and sessions of one minute. Rows are united, so a repeated hash changes nothing.</summary>
public static class UniqueRows
{
    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Uniques"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="window">Start of the minute, Unix seconds.</param>
    /// <param name="of">The other dimensions; the currency is not used.</param>
    /// <param name="users">Hashes of users.</param>
    /// <param name="sessions">Hashes of sessions.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(
        TableRows rows, in ChunkStamp stamp, ulong tenant, long window, scoped in CellRows.Dimensions of,
        ReadOnlySpan<ulong> users, ReadOnlySpan<ulong> sessions, long retention)
    {
        var keepUntil = stamp.KeepUntil(window, retention);
        var block = rows.BlockAt(window, keepUntil);
        block[0].Add(tenant);
        block[1].Add((uint)window);
        block[2].AddText(of.Name);
        block[3].AddText(of.Country);
        block[4].AddText(of.Device);
        block[5].AddText(of.Source);
        block[6].Add(of.IsBot);
        block[7].AddArray(users);
        block[8].AddArray(sessions);
        block[9].Add(keepUntil);
        block.EndRow();
    }
}
