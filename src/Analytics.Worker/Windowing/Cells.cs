using System.Numerics;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Storage.Redis;
using Analytics.Worker.Configuring;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Windowing;

/// <summary>The cells that one lane has counted of one chunk: absolute figures by tenant, minute and dimensions.</summary>
/// <remarks>
/// One thread. A cell's count stands in its slot of the table, 32 bytes, so that an event without money touches one cache line, which is fetched some events ahead.
/// Money has arrays of its own, which stay empty where no order comes.
/// </remarks>
internal sealed class Cells
{
    private const int Ahead = 12;
    private readonly FlatTable<CellKey, long> _cells = new();
    private readonly FlatTable<Dimensions, LiveName> _dimensions = new();
    private readonly FlatTable<MinuteKey, LiveFigures> _minutes;
    private readonly EntryList _history = new();
    private readonly EntryList _live = new();
    private readonly DimensionBudget _countries;
    private readonly DimensionBudget _currencies;
    private CellKey[] _keys = [];
    private Dimensions[] _combinations = [];
    private ulong[] _hashes = [];
    private int[] _entries = [];
    private DimensionWords[] _words = new DimensionWords[64];
    private CellMoney[] _money = [];
    private long[] _sent = [];
    private CellMoney[] _sentMoney = [];

    /// <summary>A lane without cells.</summary>
    /// <param name="minutes">Where a live flush adds up: empty between two, so that all chunks of a lane may share it.</param>
    public Cells(FlatTable<MinuteKey, LiveFigures> minutes)
    {
        _minutes = minutes;
        _countries = new DimensionBudget(entry => ValueOf(entry, DimensionsOf(entry).Country));
        _currencies = new DimensionBudget(entry => ValueOf(entry, DimensionsOf(entry).Currency));
    }

    /// <summary>Number of cells.</summary>
    public int Count => _cells.Count;

    /// <summary>Events of this chunk that count as another country, or currency, than their own.</summary>
    public (long Countries, long Currencies) Folded => (_countries.Folded, _currencies.Folded);

    /// <summary>Starts with a chunk.</summary>
    /// <param name="counting">The budgets.</param>
    /// <param name="other">Word id of the value that stands for those beyond a budget.</param>
    public void Begin(CountingOptions counting, int other)
    {
        _countries.Begin(counting.CountriesPerName, other);
        _currencies.Begin(counting.CurrenciesPerName, other);
    }

    /// <summary>Cells that have changed since the last <see cref="TakeHistory"/>, each once.</summary>
    public ReadOnlySpan<int> Changed => _history.Entries;

    /// <summary>Brings a cell into the cache.</summary>
    public void Expect(int cell) => _cells.Prefetch(cell);

    /// <summary>Tenant and minute of each row of the last <see cref="Add"/>; its dimensions may have been folded since.</summary>
    public ReadOnlySpan<CellKey> Keys => _keys;

    /// <summary>Counts rows of a batch; the result has the cell of each.</summary>
    public ReadOnlySpan<int> Add(EnrichedBatch batch, ReadOnlySpan<int> rows, Words words)
    {
        Reserve(rows.Length);
        Hash(batch, rows, words);
        Find(rows.Length);
        var entries = _entries.AsSpan(0, rows.Length);
        var columns = batch.Decoded.Columns;
        if (HasMoney(batch))
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var amounts = OrderAmounts.Of(columns, rows[i]);
                if (amounts.Lines > 0)
                {
                    MoneyOf(entries[i]).Add(amounts);
                }
            }
        }

        return entries;
    }

    /// <summary>Tenant, minute and dimensions of a cell.</summary>
    public CellKey KeyOf(int cell) => _cells[cell].Key;

    /// <summary>The combinations of dimensions, by number.</summary>
    public ReadOnlySpan<DimensionWords> DimensionsOfCells => _words.AsSpan(0, _dimensions.Count);

    /// <summary>Makes a row of every changed cell; none is changed afterwards.</summary>
    public void TakeHistory(TableRows rows, in ChunkStamp stamp, Words words, long retention)
    {
        Span<CellRow> strip = stackalloc CellRow[CellRows.Strip];
        for (var changed = _history.Entries; changed.Length > 0; changed = changed[Math.Min(strip.Length, changed.Length)..])
        {
            var count = Math.Min(strip.Length, changed.Length);
            for (var i = 0; i < count; i++)
            {
                _cells.Prefetch(changed[Math.Min(i + Ahead, changed.Length - 1)]);
                Take(changed[i], out strip[i]);
            }

            CellRows.Add(rows, stamp, strip[..count], DimensionsOfCells, words, retention);
        }

        _history.Clear();
    }

    /// <summary>What was added to each minute since the last call; the caller's to give back.</summary>
    public LentList<LiveAddition> TakeLive()
    {
        Reserve(ref _sent, _cells.Count);
        Reserve(ref _sentMoney, Math.Min(_money.Length, _cells.Count));
        var live = _live.Entries;
        for (var i = 0; i < live.Length; i++)
        {
            _cells.Prefetch(live[Math.Min(i + Ahead, live.Length - 1)]);
            var entry = live[i];
            ref var slot = ref _cells[entry];
            slot.Marks &= ~Marks.Live;
            ref var minute = ref _minutes.Find(new MinuteKey(slot.Key.Tenant, slot.Key.Minute)).Value;
            AddLive(ref minute, _dimensions[slot.Key.Dimensions].Value, slot.Value - _sent[entry], entry < _money.Length ? TakeMoney(entry) : default);
            _sent[entry] = slot.Value;
        }

        _live.Clear();
        var additions = LentList<LiveAddition>.Rent();
        for (var i = 0; i < _minutes.Count; i++)
        {
            ref readonly var minute = ref _minutes[i];
            additions.Add(new LiveAddition(minute.Key.Tenant, minute.Key.Minute, minute.Value));
        }

        _minutes.Clear();
        return additions;
    }

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _cells.Clear();
        _dimensions.Clear();
        _countries.Clear();
        _currencies.Clear();
        _history.Clear();
        _live.Clear();
        _money.AsSpan().Clear();
        _sent.AsSpan().Clear();
        _sentMoney.AsSpan().Clear();
    }

    private CellMoney TakeMoney(int entry)
    {
        var (money, sent) = (_money[entry], _sentMoney[entry]);
        _sentMoney[entry] = money;
        return money.Less(sent);
    }

    private void Take(int entry, out CellRow row)
    {
        ref var slot = ref _cells[entry];
        slot.Marks &= ~Marks.History;
        row = new CellRow { Tenant = slot.Key.Tenant, Window = (uint)slot.Key.Minute * 60, Dimensions = slot.Key.Dimensions };
        row.Figures.Events = slot.Value;
        if (entry < _money.Length)
        {
            ref readonly var money = ref _money[entry];
            (row.Figures.Units, row.Figures.Revenue, row.Figures.Discount) = (money.Units, money.Revenue, money.Discount);
        }
    }

    private void Hash(EnrichedBatch batch, ReadOnlySpan<int> rows, Words words)
    {
        var columns = batch.Decoded.Columns;
        var (tenants, names, countries, devices) = (columns.Tenant.Values, batch.Names, columns.Country.Ids, columns.Device.Ids);
        var (currencies, hasMoney) = (columns.Currency.Ids, HasMoney(batch));
        var (times, sources, bots) = (batch.EventTimes, batch.Sources, batch.Bots);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var currency = hasMoney && columns.Lines.Count[row] > 0 ? currencies[row] : 0;
            _combinations[i] = new Dimensions(names[row], countries[row], devices[row], sources[row], currency, bots[row]);
            _hashes[i] = _combinations[i].Hash;
        }

        for (var i = 0; i < rows.Length; i++)
        {
            _dimensions.Prefetch(_hashes[Math.Min(i + Ahead, rows.Length - 1)]);
            ref var dimensions = ref _dimensions.Find(_combinations[i], _hashes[i]);
            if (dimensions.Value == LiveName.Unknown)
            {
                var of = _combinations[i];
                dimensions.Value = LiveNames.Parse(words[of.Name]);
                Keep(dimensions.Entry, new DimensionWords(of.Name, of.Country, of.Device, of.Source, of.Currency, of.IsBot));
            }

            // The combination's hash has been used; from here on it is the cell's.
            var row = rows[i];
            var key = new CellKey((ulong)tenants[row], (int)((ulong)times[row] / 60_000), dimensions.Entry);
            (_keys[i], _hashes[i]) = (key, key.Hash);
        }
    }

    private void Find(int rows)
    {
        for (var i = 0; i < Math.Min(Ahead, rows); i++)
        {
            _cells.Prefetch(_hashes[i]);
        }

        for (var i = 0; i < rows; i++)
        {
            if (i + Ahead < rows)
            {
                _cells.Prefetch(_hashes[i + Ahead]);
            }

            ref var slot = ref _cells.Find(_keys[i], _hashes[i]);
            if (slot.Value == 0)
            {
                slot = ref Settle(slot.Entry);
            }

            slot.Value++;
            var entry = slot.Entry;
            _entries[i] = entry;
            if (slot.Marks != Marks.All)
            {
                Mark(ref slot, entry);
            }
        }
    }

    private void Keep(int number, DimensionWords words)
    {
        if (number == _words.Length)
        {
            Array.Resize(ref _words, number * 2);
        }

        _words[number] = words;
    }

    // A cell that has counted nothing is new, or it is beyond a budget: then it never counts, and another stands for it.
    private ref Slot<CellKey, long> Settle(int entry)
    {
        var key = _cells[entry].Key;
        ref readonly var dimensions = ref _dimensions[key.Dimensions];
        var (of, name) = (dimensions.Key, dimensions.Value);
        var country = _countries.Admit(entry, new CountedValue(key.Tenant, of.Name, of.Country));
        var currency = _currencies.Admit(entry, new CountedValue(key.Tenant, of.Name, of.Currency));
        if (country == of.Country && currency == of.Currency)
        {
            return ref _cells[entry];
        }

        ref var folded = ref _dimensions.Find(new Dimensions(of.Name, country, of.Device, of.Source, currency, of.IsBot));
        if (folded.Value == LiveName.Unknown)
        {
            folded.Value = name;
            Keep(folded.Entry, new DimensionWords(of.Name, country, of.Device, of.Source, currency, of.IsBot));
        }

        return ref _cells.Find(new CellKey(key.Tenant, key.Minute, folded.Entry));
    }

    private Dimensions DimensionsOf(int entry) => _dimensions[_cells[entry].Key.Dimensions].Key;

    private CountedValue ValueOf(int entry, int word) =>
        new(_cells[entry].Key.Tenant, DimensionsOf(entry).Name, _cells[entry].Value == 0 ? 0 : word);

    private static bool HasMoney(EnrichedBatch batch) => batch.Decoded.Raw.Chunk.Id.Topic == Topics.Orders;

    private void Mark(ref Slot<CellKey, long> slot, int entry)
    {
        if ((slot.Marks & Marks.History) == 0)
        {
            _history.Add(entry);
        }

        if ((slot.Marks & Marks.Live) == 0)
        {
            _live.Add(entry);
        }

        slot.Marks = Marks.All;
    }

    private ref CellMoney MoneyOf(int entry)
    {
        if (entry >= _money.Length)
        {
            Array.Resize(ref _money, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, entry + 1)));
        }

        return ref _money[entry];
    }

    private void Reserve(int rows)
    {
        if (_keys.Length < rows)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)rows);
            (_keys, _combinations, _hashes, _entries) = (new CellKey[room], new Dimensions[room], new ulong[room], new int[room]);
        }
    }

    private static void Reserve<T>(ref T[] array, int room)
    {
        if (array.Length < room)
        {
            Array.Resize(ref array, (int)BitOperations.RoundUpToPowerOf2((uint)room));
        }
    }

    private static void AddLive(ref LiveFigures minute, LiveName name, long events, in CellMoney money)
    {
        minute[LiveFigure.Events] += events;
        switch (name)
        {
            case LiveName.PageView:
                minute[LiveFigure.PageViews] += events;
                break;
            case LiveName.AddToCart:
                minute[LiveFigure.AddToCart] += events;
                break;
            case LiveName.CheckoutStart:
                minute[LiveFigure.CheckoutStarts] += events;
                break;
            case LiveName.OrderPlaced:
                minute[LiveFigure.Orders] += events;
                minute[LiveFigure.Units] += money.Units;
                minute[LiveFigure.Revenue] += money.Revenue;
                minute[LiveFigure.Discount] += money.Discount;
                break;
            case LiveName.OrderRefunded:
                minute[LiveFigure.Refunds] += money.Revenue;
                break;
        }
    }
}

/// <summary>Sums over the orders of a cell; money in minor units.</summary>
internal record struct CellMoney(long Units, long Revenue, long Discount)
{
    /// <summary>Adds an order.</summary>
    public void Add(in OrderAmounts amounts)
    {
        Units += amounts.Units;
        Revenue += amounts.Revenue;
        Discount += amounts.Discount;
    }

    /// <summary>The difference to an earlier state.</summary>
    public readonly CellMoney Less(in CellMoney earlier) => new(Units - earlier.Units, Revenue - earlier.Revenue, Discount - earlier.Discount);
}
