using System.Numerics;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Worker.Configuring;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Windowing;

/// <summary>The product cells that one lane has counted of one chunk: absolute figures by tenant, minute, product and name.</summary>
/// <remarks>One thread. A slot is one cache line, fetched some events ahead.</remarks>
internal sealed class ProductCells
{
    private const int Ahead = 12;
    private readonly FlatTable<ProductKey, CellFigures> _products = new();
    private readonly EntryList _history = new();
    private readonly DimensionBudget _budget;
    private ProductKey[] _keys = [];
    private ulong[] _hashes = [];

    /// <summary>A lane without product cells.</summary>
    public ProductCells() => _budget = new DimensionBudget(ValueOf);

    /// <summary>Events and lines of this chunk that count as another product than their own.</summary>
    public long Folded => _budget.Folded;

    /// <summary>Starts with a chunk.</summary>
    /// <param name="counting">The budget.</param>
    /// <param name="other">Word id of the value that stands for those beyond the budget.</param>
    public void Begin(CountingOptions counting, int other) => _budget.Begin(counting.ProductsPerName, other);

    /// <summary>Counts the rows of a batch that name a product, and the lines of its orders.</summary>
    public void Add(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        switch (batch.Decoded.Raw.Chunk.Id.Topic)
        {
            case Topics.Orders:
                AddLines(batch, rows);
                break;
            case Topics.Clickstream:
                AddEvents(batch, rows);
                break;
        }
    }

    /// <summary>Makes a row of every changed product cell; none is changed afterwards.</summary>
    public void TakeHistory(TableRows rows, in ChunkStamp stamp, Words words, long retention)
    {
        Span<ProductCellRow> strip = stackalloc ProductCellRow[CellRows.Strip];
        for (var changed = _history.Entries; changed.Length > 0; changed = changed[Math.Min(strip.Length, changed.Length)..])
        {
            var count = Math.Min(strip.Length, changed.Length);
            for (var i = 0; i < count; i++)
            {
                _products.Prefetch(changed[Math.Min(i + Ahead, changed.Length - 1)]);
                Take(changed[i], out strip[i]);
            }

            ProductCellRows.Add(rows, stamp, strip[..count], words, retention);
        }

        _history.Clear();
    }

    /// <summary>Forgets everything but the memory, for another chunk.</summary>
    public void Clear()
    {
        _products.Clear();
        _budget.Clear();
        _history.Clear();
    }

    private void AddEvents(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        var count = Hash(batch, rows);
        for (var i = 0; i < count; i++)
        {
            if (i + Ahead < count)
            {
                _products.Prefetch(_hashes[i + Ahead]);
            }

            Count(_keys[i], _hashes[i], 0, 0, 0);
        }
    }

    private void Take(int entry, out ProductCellRow row)
    {
        ref var slot = ref _products[entry];
        slot.Marks = 0;
        ref readonly var key = ref slot.Key;
        row = new ProductCellRow
        {
            Tenant = key.Tenant,
            Window = (uint)key.Minute * 60,
            Product = key.Product,
            Name = key.Name,
            Currency = key.Currency,
            Figures = slot.Value,
        };
    }

    // The keys of the rows that name a product.
    private int Hash(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        if (_keys.Length < rows.Length)
        {
            var room = (int)BitOperations.RoundUpToPowerOf2((uint)rows.Length);
            (_keys, _hashes) = (new ProductKey[room], new ulong[room]);
        }

        var columns = batch.Decoded.Columns;
        var (tenants, names, products, times) = (columns.Tenant.Values, batch.Names, columns.Product.Ids, batch.EventTimes);
        var count = 0;
        foreach (var row in rows)
        {
            if (products[row] != 0)
            {
                var key = new ProductKey((ulong)tenants[row], (int)((ulong)times[row] / 60_000), products[row], names[row], 0);
                _keys[count] = key;
                _hashes[count++] = key.Hash;
            }
        }

        return count;
    }

    private void AddLines(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        var columns = batch.Decoded.Columns;
        foreach (var row in rows)
        {
            var (tenant, minute) = ((ulong)columns.Tenant.Values[row], (int)(batch.EventTimes[row] / 60_000));
            var end = columns.Lines.Start[row] + columns.Lines.Count[row];
            for (var line = columns.Lines.Start[row]; line < end; line++)
            {
                AddLine(columns, line, new ProductKey(tenant, minute, columns.LineProduct.Ids[line], batch.Names[row], columns.Currency.Ids[row]));
            }
        }
    }

    private void AddLine(EventColumns columns, int line, in ProductKey key)
    {
        var (quantity, discount) = (columns.LineQuantity.Values[line], columns.LineDiscount.Values[line]);
        Count(key, key.Hash, quantity, quantity * columns.LineUnitPrice.Values[line] - discount, discount);
    }

    private void Count(in ProductKey key, ulong hash, long units, long revenue, long discount)
    {
        ref var slot = ref _products.Find(key, hash);
        if (slot.Value.Events == 0)
        {
            slot = ref Settle(slot.Entry);
        }

        slot.Value.Add(units, revenue, discount);
        if (slot.Marks == 0)
        {
            slot.Marks = Marks.History;
            _history.Add(slot.Entry);
        }
    }

    // As in Cells: one that has counted nothing is new, or another stands for it.
    private ref Slot<ProductKey, CellFigures> Settle(int entry)
    {
        var key = _products[entry].Key;
        var product = _budget.Admit(entry, new CountedValue(key.Tenant, key.Name, key.Product));
        return ref product == key.Product ? ref _products[entry] : ref _products.Find(new ProductKey(key.Tenant, key.Minute, product, key.Name, key.Currency));
    }

    private CountedValue ValueOf(int entry)
    {
        ref readonly var slot = ref _products[entry];
        return new CountedValue(slot.Key.Tenant, slot.Key.Name, slot.Value.Events == 0 ? 0 : slot.Key.Product);
    }
}
