using System.Runtime.InteropServices;
using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>The users and sessions of one minute of one combination of dimensions.</summary>
[StructLayout(LayoutKind.Auto)]
public struct UniqueRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>Start of the minute, Unix seconds.</summary>
    public uint Window;

    /// <summary>Number of the combination; its currency is not used.</summary>
    public int Dimensions;

    /// <summary>How many hashes of users are the row's; they follow those of the row before.</summary>
    public int Users;

    /// <summary>How many hashes of sessions are the row's.</summary>
    public int Sessions;
}

/// <summary>Writes rows of <see cref="Tables.Uniques"/>: hashes of the users and sessions of one minute. Rows are united, so a repeated hash changes nothing.</summary>
public static class UniqueRows
{
    /// <summary>Adds rows.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Uniques"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="cells">At most <see cref="CellRows.Strip"/> of them.</param>
    /// <param name="users">Hashes of users, row by row.</param>
    /// <param name="sessions">Hashes of sessions, row by row.</param>
    /// <param name="dimensions">The combinations of dimensions.</param>
    /// <param name="words">Their words.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(
        TableRows rows, in ChunkStamp stamp, ReadOnlySpan<UniqueRow> cells, ReadOnlySpan<ulong> users, ReadOnlySpan<ulong> sessions,
        ReadOnlySpan<DimensionWords> dimensions, Words words, long retention)
    {
        Span<uint> windows = stackalloc uint[cells.Length];
        Span<uint> keepUntil = stackalloc uint[cells.Length];
        Span<int> of = stackalloc int[cells.Length];
        Span<int> userCounts = stackalloc int[cells.Length];
        Span<int> sessionCounts = stackalloc int[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            (windows[i], of[i], userCounts[i], sessionCounts[i]) = (cell.Window, cell.Dimensions, cell.Users, cell.Sessions);
        }

        var runs = new BlockRuns(rows, stamp, windows, retention, keepUntil);
        while (runs.MoveNext())
        {
            var (block, run) = (runs.Block, runs.Range);
            windows[run].CopyTo(block[1].Extend<uint>(windows[run].Length));
            users = AddHashes(block[7], userCounts[run], users);
            sessions = AddHashes(block[8], sessionCounts[run], sessions);
            DimensionColumns.Add(block, 2, hasCurrency: false, of[run], dimensions, words);
            Add(block, cells[run], keepUntil[run], dimensions);
        }
    }

    // What is left for the runs that follow.
    private static ReadOnlySpan<ulong> AddHashes(NativeColumn column, scoped ReadOnlySpan<int> counts, ReadOnlySpan<ulong> hashes)
    {
        var count = 0;
        foreach (var one in counts)
        {
            count += one;
        }

        column.AddArrays(counts, hashes[..count]);
        return hashes[count..];
    }

    private static void Add(NativeBlock block, ReadOnlySpan<UniqueRow> cells, ReadOnlySpan<uint> keepUntil, ReadOnlySpan<DimensionWords> dimensions)
    {
        var tenants = block[0].Extend<ulong>(cells.Length);
        var bots = block[6].Extend<byte>(cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            tenants[i] = cells[i].Tenant;
            bots[i] = dimensions[cells[i].Dimensions].IsBot;
        }

        keepUntil.CopyTo(block[9].Extend<uint>(cells.Length));
        block.EndRows(cells.Length);
    }
}
