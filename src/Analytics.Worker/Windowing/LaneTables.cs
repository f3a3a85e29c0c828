using System.Numerics;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Storage.Redis;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Windowing;

/// <summary>What one lane has counted of one chunk. <see cref="Clear"/> makes it ready for another: tables keep their memory.</summary>
/// <param name="minutes">See <see cref="Cells"/>.</param>
/// <param name="recent">See <see cref="RecentTags"/>.</param>
internal sealed class LaneTables(FlatTable<MinuteKey, LiveFigures> minutes, int recent)
{
    private const int Ahead = 12;
    private readonly Cells _cells = new(minutes);
    private readonly ProductCells _products = new();
    private readonly Uniques _uniques = new(recent);
    private readonly SessionTables _sessions = new();
    private readonly RecentTags _recentVisitors = new(recent);
    private ulong[] _tags = [];
    private int[] _new = [];
    private LentList<LiveVisitor> _visitors = LentList<LiveVisitor>.Rent();
    private Chunk _chunk = null!;

    /// <summary>Flushes answered so far.</summary>
    public int Flushes { get; set; }

    /// <summary>Starts with a chunk, which is counted by these settings.</summary>
    public void Begin(Chunk chunk, CountingOptions counting)
    {
        _chunk = chunk;
        _sessions.Begin(chunk, counting.KeyEvents);
        var other = chunk.Words.Intern(Folded.Other);
        _cells.Begin(counting, other);
        _products.Begin(counting, other);
    }

    /// <summary>Counts rows of a batch, which are accepted and the lane's.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Rows whose tenant and name fall to the lane.</param>
    /// <param name="visits">Rows whose user falls to the lane.</param>
    public void Count(EnrichedBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<int> visits)
    {
        _sessions.Count(batch, visits);
        var cells = _cells.Add(batch, rows, _chunk.Words);
        _products.Add(batch, rows);
        Identify(batch, rows, cells);
    }

    /// <summary>The rows that are dirty, with <c>ver</c> = <paramref name="lastOffset"/>; clean afterwards.</summary>
    public List<TableRows> TakeHistory(long lastOffset, WindowingOptions options)
    {
        var words = _chunk.Words;
        var stamp = new ChunkStamp(_chunk.Id.Epoch, _chunk.Id.Partition, _chunk.Id.FirstOffset, lastOffset, _chunk.FirstTimestamp / 1000);
        var uniques = new TableRows(Tables.Uniques, options.PartitionsPerInsert);
        _uniques.TakeHistory(uniques, stamp, _cells, words, options.CellRetention);
        var cells = new TableRows(Tables.Cells, options.PartitionsPerInsert);
        _cells.TakeHistory(cells, stamp, words, options.CellRetention);
        var products = new TableRows(Tables.ProductCells, options.PartitionsPerInsert);
        _products.TakeHistory(products, stamp, words, options.CellRetention);
        return [.. new[] { cells, products, uniques, _sessions.TakeHistory(lastOffset, options) }.Where(table => table.Rows > 0)];
    }

    /// <summary>Events of the chunk so far whose value of a dimension was beyond a budget, by dimension.</summary>
    public FoldedCounts FoldedSoFar() => new(0, _cells.Folded.Countries, _cells.Folded.Currencies, _products.Folded);

    /// <summary>What was added to each minute since the last call.</summary>
    public LentList<LiveAddition> TakeLive() => _cells.TakeLive();

    /// <summary>Users seen in a minute since the last call.</summary>
    public LentList<LiveVisitor> TakeVisitors()
    {
        var visitors = _visitors;
        _visitors = LentList<LiveVisitor>.Rent();
        return visitors;
    }

    /// <summary>Forgets everything but the memory.</summary>
    public void Clear()
    {
        _cells.Clear();
        _products.Clear();
        _uniques.Clear();
        _sessions.Clear();
        _recentVisitors.Clear();
        _visitors.Clear();
        Flushes = 0;
    }

    // Step by step over all rows: so the places of the next tags can be asked for ahead, and what is new costs no mispredicted branch.
    private void Identify(EnrichedBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<int> cells)
    {
        if (_tags.Length < rows.Length)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)rows.Length);
            (_tags, _new) = (new ulong[room], new int[room]);
        }

        var tags = _tags.AsSpan(0, rows.Length);
        var (users, sessions) = (batch.UserHashes, batch.SessionHashes);
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = Uniques.TagOf(cells[i], users[rows[i]], sessions[rows[i]]);
        }

        var count = 0;
        for (var i = 0; i < tags.Length; i++)
        {
            _uniques.Expect(tags[Math.Min(i + Ahead, tags.Length - 1)]);
            _new[count] = i;
            count += _uniques.IsNew(tags[i]) ? 1 : 0;
        }

        var found = _new.AsSpan(0, count);
        for (var i = 0; i < found.Length; i++)
        {
            var row = rows[found[i]];
            _uniques.Note(cells[found[i]], users[row], sessions[row]);
            tags[i] = VisitorOf(_cells.Keys[found[i]], users[row]);
        }

        for (var i = 0; i < found.Length; i++)
        {
            _recentVisitors.Expect(tags[Math.Min(i + Ahead, found.Length - 1)]);
            Visit(tags[i], _cells.Keys[found[i]], users[rows[found[i]]]);
        }
    }

    private static ulong VisitorOf(in CellKey key, ulong user) => user ^ (key.Tenant * 0x9E3779B97F4A7C15) ^ ((ulong)(uint)key.Minute * 0xC2B2AE3D27D4EB4F);

    private void Visit(ulong visitor, in CellKey key, ulong user)
    {
        if (user != 0 && _recentVisitors.Add(visitor))
        {
            _visitors.Add(new LiveVisitor(key.Tenant, key.Minute, user));
        }
    }
}
