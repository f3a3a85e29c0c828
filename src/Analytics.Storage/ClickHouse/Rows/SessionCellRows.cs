using System.Runtime.InteropServices;
using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>What one user did in one half hour of one client session, as one chunk has counted it. Times are Unix milliseconds.</summary>
[StructLayout(LayoutKind.Auto)]
public struct SessionCellRow
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

    /// <summary>Of the first event; ids of the chunk's <see cref="Words"/>.</summary>
    public int Source, Campaign;

    /// <summary>Pages of the first and the last event that name one, as stretches of the pages' bytes; empty where none does.</summary>
    public Range Entry, Exit;

    /// <summary>When those pages were seen; <see cref="long.MinValue"/> where there are none.</summary>
    public long EntryAt, ExitAt;
}

/// <summary>Writes rows of <see cref="Tables.SessionCells"/>.</summary>
public static class SessionCellRows
{
    /// <summary>Adds rows.</summary>
    /// <param name="rows">Rows of <see cref="Tables.SessionCells"/>.</param>
    /// <param name="stamp">The chunk.</param>
    /// <param name="cells">At most <see cref="CellRows.Strip"/> of them.</param>
    /// <param name="words">Their words.</param>
    /// <param name="pages">The bytes of their pages, UTF-8.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(TableRows rows, in ChunkStamp stamp, ReadOnlySpan<SessionCellRow> cells, Words words, ReadOnlySpan<byte> pages, long retention)
    {
        Span<uint> windows = stackalloc uint[cells.Length];
        Span<uint> keepUntil = stackalloc uint[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            windows[i] = (uint)(cells[i].Window / 1000);
        }

        var runs = new BlockRuns(rows, stamp, windows, retention, keepUntil);
        while (runs.MoveNext())
        {
            var block = runs.Block;
            var run = cells[runs.Range];
            windows[runs.Range].CopyTo(block[1].Extend<uint>(run.Length));
            AddKeys(block, stamp, run);
            AddFigures(block, run);
            AddTexts(block, run, words, pages);
            keepUntil[runs.Range].CopyTo(block[21].Extend<uint>(run.Length));
            block.EndRows(run.Length);
        }
    }

    private static void AddKeys(NativeBlock block, in ChunkStamp stamp, ReadOnlySpan<SessionCellRow> cells)
    {
        var tenants = block[0].Extend<ulong>(cells.Length);
        var users = block[2].Extend<ulong>(cells.Length);
        var sessions = block[3].Extend<ulong>(cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            tenants[i] = cell.Tenant;
            users[i] = cell.User;
            sessions[i] = cell.Session;
        }

        block[4].Fill(stamp.Epoch, cells.Length);
        block[5].Fill((uint)stamp.Partition, cells.Length);
        block[6].Fill(stamp.Chunk, cells.Length);
        block[7].Fill(stamp.Ver, cells.Length);
    }

    private static void AddFigures(NativeBlock block, ReadOnlySpan<SessionCellRow> cells)
    {
        var firsts = block[8].Extend<long>(cells.Length);
        var lasts = block[9].Extend<long>(cells.Length);
        var events = block[10].Extend<long>(cells.Length);
        var pageViews = block[11].Extend<long>(cells.Length);
        var keyEvents = block[12].Extend<long>(cells.Length);
        var orders = block[13].Extend<long>(cells.Length);
        var bots = block[14].Extend<byte>(cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            firsts[i] = cell.FirstAt;
            lasts[i] = cell.LastAt;
            events[i] = cell.Events;
            pageViews[i] = cell.PageViews;
            keyEvents[i] = cell.KeyEvents;
            orders[i] = cell.Orders;
            bots[i] = cell.IsBot;
        }
    }

    private static void AddTexts(NativeBlock block, ReadOnlySpan<SessionCellRow> cells, Words words, ReadOnlySpan<byte> pages)
    {
        Span<uint> sources = stackalloc uint[cells.Length];
        Span<uint> campaigns = stackalloc uint[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            sources[i] = block[15].NumberOf(cell.Source, words[cell.Source]);
            campaigns[i] = block[16].NumberOf(cell.Campaign, words[cell.Campaign]);
            block[17].AddText(pages[cell.Entry]);
            block[18].AddNullable(cell.EntryAt, cell.EntryAt == long.MinValue);
            block[19].AddText(pages[cell.Exit]);
            block[20].AddNullable(cell.ExitAt, cell.ExitAt == long.MinValue);
        }

        block[15].AddNumbers(sources);
        block[16].AddNumbers(campaigns);
    }
}
