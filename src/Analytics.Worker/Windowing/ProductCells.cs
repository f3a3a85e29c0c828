using System.Numerics;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
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
    private ProductKey[] _keys = [];
    private ulong[] _hashes = [];

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
        var (tenants, names, products, times) = (columns.Tenant.Values, columns.Name.Ids, columns.Product.Ids, batch.EventTimes);
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
                AddLine(columns, line, new ProductKey(tenant, minute, columns.LineProduct.Ids[line], columns.Name.Ids[row], columns.Currency.Ids[row]));
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
        slot.Value.Add(units, revenue, discount);
        if (slot.Marks == 0)
        {
            slot.Marks = Marks.History;
            _history.Add(slot.Entry);
        }
    }
}
