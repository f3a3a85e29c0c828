using System.Numerics;
using System.Runtime.CompilerServices;
using Analytics.Core.Avro;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Windowing;

/// <summary>What the users of one lane did in one chunk, by half hour: the cells that sessions are chained from when they are read.</summary>
/// <remarks>
/// A half hour is the gap between sessions, so two events of one cell always belong to the same session, and a cell holds no detail that a merge
/// would need: minima, maxima and sums, which do not depend on how the log was cut into chunks. One probe an event. One thread; all events of a
/// user must come to the same instance, in offset order, for of equal times the lower offset is the first and the higher the last.
/// </remarks>
internal sealed class SessionTables
{
    /// <summary>Milliseconds of a cell, and of the gap between sessions.</summary>
    public const long Gap = 1_800_000;

    private const int Ahead = 12;
    private const int Never = -1;

    // Rows of 150 bytes, so fewer than of cells: they are worked on in the first-level cache.
    private const int Strip = 128;

    private readonly FlatTable<SessionKey, SessionCell> _cells = new();
    private readonly EntryList _history = new();
    private readonly PageTexts _pages = new();
    private SessionVisit[] _visits = new SessionVisit[64];
    private SessionNames _names = null!;
    private Chunk _chunk = null!;
    private SessionKey[] _keys = [];
    private ulong[] _hashes = [];
    private PageKey[] _seen = [];

    /// <summary>Starts with a chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="keyEvents">Names of the events that make a session engaged, parted by commas.</param>
    public void Begin(Chunk chunk, string keyEvents) => (_chunk, _names) = (chunk, new SessionNames(chunk.Words, keyEvents));

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _cells.Clear();
        _history.Clear();
        _pages.Clear();
    }

    /// <summary>Counts rows of a batch, which are accepted and the lane's. Events without a user belong to no session.</summary>
    public void Count(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        Hash(batch, rows);
        var (times, users, bots, names, bytes) = (batch.EventTimes, batch.UserHashes, batch.Bots, batch.Decoded.Columns.Name.Ids, batch.Decoded.Raw.Bytes);
        for (var i = 0; i < rows.Length; i++)
        {
            Prefetch(i, rows.Length);
            var row = rows[i];
            if (users[row] == 0)
            {
                continue;
            }

            ref var slot = ref _cells.Find(_keys[i], _hashes[i]);
            if (slot.Marks == 0)
            {
                Mark(ref slot);
            }

            ref var cell = ref slot.Value;
            var at = (int)(times[row] - (_keys[i].Window * Gap));
            var kind = _names.KindOf(names[row]);
            cell.Events++;
            cell.PageViews += (kind & SessionName.PageView) != 0 ? 1 : 0;
            cell.Last = Math.Max(cell.Last, at);
            if ((kind & (SessionName.Key | SessionName.Order)) != 0 || bots[row] != 0)
            {
                _visits[slot.Entry].Note(kind, bots[row]);
            }

            if (at < cell.First)
            {
                cell.First = at;
                _visits[slot.Entry].Come(batch.Sources[row], batch.Decoded.Columns.Campaign.Ids[row]);
            }

            if (_seen[i].Length > 0)
            {
                See(ref slot, at, _seen[i], bytes);
            }
        }
    }

    /// <summary>The rows that are dirty, with <c>ver</c> = <paramref name="lastOffset"/>; clean afterwards.</summary>
    public TableRows TakeHistory(long lastOffset, WindowingOptions options)
    {
        var stamp = new ChunkStamp(_chunk.Id.Epoch, _chunk.Id.Partition, _chunk.Id.FirstOffset, lastOffset, _chunk.FirstTimestamp / 1000);
        var rows = new TableRows(Tables.SessionCells, options.PartitionsPerInsert);
        Span<SessionCellRow> strip = stackalloc SessionCellRow[Strip];
        for (var changed = _history.Entries; changed.Length > 0; changed = changed[Math.Min(Strip, changed.Length)..])
        {
            var count = Math.Min(Strip, changed.Length);
            for (var i = 0; i < count; i++)
            {
                _cells.Prefetch(changed[Math.Min(i + Ahead, changed.Length - 1)]);
                Take(changed[i], out strip[i]);
            }

            SessionCellRows.Add(rows, stamp, strip[..count], _chunk.Words, _pages.Bytes, options.EventRetention);
        }

        _history.Clear();
        return rows;
    }

    private void Take(int entry, out SessionCellRow row)
    {
        ref var slot = ref _cells[entry];
        slot.Marks = 0;
        ref readonly var key = ref slot.Key;
        ref readonly var cell = ref slot.Value;
        ref readonly var visit = ref _visits[entry];
        var window = key.Window * Gap;
        row = new SessionCellRow
        {
            Tenant = key.Tenant,
            Window = window,
            User = key.User,
            Session = key.Session,
            FirstAt = window + cell.First,
            LastAt = window + cell.Last,
            Events = cell.Events,
            PageViews = cell.PageViews,
            KeyEvents = visit.KeyEvents,
            Orders = visit.Orders,
            IsBot = visit.IsBot,
            Source = visit.Source,
            Campaign = visit.Campaign,
            Entry = _pages.RangeOf(visit.Entry),
            EntryAt = visit.EntryAt == Never ? long.MinValue : window + visit.EntryAt,
            Exit = _pages.RangeOf(cell.Exit),
            ExitAt = cell.ExitAt == Never ? long.MinValue : window + cell.ExitAt,
        };
    }

    private void Hash(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        if (_keys.Length < rows.Length)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)rows.Length);
            (_keys, _hashes, _seen) = (new SessionKey[room], new ulong[room], new PageKey[room]);
        }

        var (tenants, users, sessions, times) = (batch.Decoded.Columns.Tenant.Values, batch.UserHashes, batch.SessionHashes, batch.EventTimes);
        var (urls, bytes) = (batch.Decoded.Columns.Url, batch.Decoded.Raw.Bytes);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var key = new SessionKey((ulong)tenants[row], users[row], sessions[row], (int)(times[row] / Gap));
            _keys[i] = key;
            _hashes[i] = key.Hash;
            var page = PageTexts.Cut(urls.Of(row, bytes));
            _seen[i] = page.IsEmpty ? default : new PageKey(urls.Start[row], page.Length, Hash64.Of(page));
        }
    }

    // A page's slot is fetched first, then its text, whose place the slot knows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(int i, int rows)
    {
        if (i + Ahead < rows)
        {
            _cells.Prefetch(_hashes[i + Ahead]);
            _pages.ExpectText(_seen[i + Ahead].Hash);
        }

        if (i + (2 * Ahead) < rows)
        {
            _pages.Expect(_seen[i + (2 * Ahead)].Hash);
        }
    }

    private void See(ref Slot<SessionKey, SessionCell> slot, int at, in PageKey seen, byte[] bytes)
    {
        ref var cell = ref slot.Value;
        ref var visit = ref _visits[slot.Entry];
        if (at < cell.ExitAt && at >= visit.EntryAt)
        {
            return;
        }

        var page = _pages.PageOf(bytes.AsSpan(seen.Start, seen.Length), seen.Hash);
        if (visit.EntryAt == Never || at < visit.EntryAt)
        {
            (visit.EntryAt, visit.Entry) = (at, page);
        }

        if (at >= cell.ExitAt)
        {
            (cell.ExitAt, cell.Exit) = (at, page);
        }
    }

    private void Mark(ref Slot<SessionKey, SessionCell> slot)
    {
        slot.Marks = Marks.History;
        _history.Add(slot.Entry);
        if (slot.Value.Events == 0)
        {
            slot.Value = new SessionCell { First = int.MaxValue, ExitAt = Never };
            if (slot.Entry == _visits.Length)
            {
                Array.Resize(ref _visits, slot.Entry * 2);
            }

            _visits[slot.Entry] = new SessionVisit { EntryAt = Never };
        }
    }

    /// <summary>One half hour of one user and client session.</summary>
    private readonly struct SessionKey(ulong tenant, ulong user, ulong session, int window) : IFlatKey<SessionKey>
    {
        public readonly ulong Tenant = tenant;
        public readonly ulong User = user;
        public readonly ulong Session = session;
        public readonly int Window = window;

        // User and session are hashes already.
        public ulong Hash
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Hash64.Mix(Hash64.Join(User ^ (Session << 1), Tenant) ^ (uint)Window);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Is(in SessionKey other) => Tenant == other.Tenant && User == other.User && Session == other.Session && Window == other.Window;
    }

    /// <summary>The page of one row's URL.</summary>
    private readonly record struct PageKey(int Start, int Length, ulong Hash);

    /// <summary>What nearly every event changes: 24 bytes, so that a slot is one cache line. Times are milliseconds of the half hour.</summary>
    private struct SessionCell
    {
        public int First, Last, ExitAt, Exit, Events, PageViews;
    }

    /// <summary>What few events change. Texts are words and pages of the chunk.</summary>
    private struct SessionVisit
    {
        public int EntryAt, Entry, Source, Campaign, KeyEvents, Orders;
        public byte IsBot;

        public void Note(SessionName kind, byte isBot)
        {
            KeyEvents += (kind & SessionName.Key) != 0 ? 1 : 0;
            Orders += (kind & SessionName.Order) != 0 ? 1 : 0;
            IsBot |= isBot;
        }

        public void Come(int source, int campaign) => (Source, Campaign) = (source, campaign);
    }
}
