using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Storage.Redis;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Windowing;

/// <summary>What one lane has counted of one chunk.</summary>
internal sealed class LaneTables(Chunk chunk)
{
    private readonly FlatTable<CellKey, CellFigures> _cells = new();
    private readonly FlatTable<ProductKey, CellFigures> _products = new();
    private readonly Dirty _dirtyCells = new();
    private readonly Dirty _dirtyProducts = new();
    private readonly UniqueSets _uniques = new();
    private readonly LiveNames _names = new(chunk.Words);
    private readonly List<LiveVisitor> _visitors = [];
    private FlatTable<MinuteKey, LiveFigures> _live = new();

    /// <summary>Flushes answered so far.</summary>
    public int Flushes { get; set; }

    /// <summary>Counts rows of a batch, which are accepted and the lane's.</summary>
    public void Count(EnrichedBatch batch, ReadOnlySpan<int> rows)
    {
        var columns = batch.Decoded.Columns;
        foreach (var row in rows)
        {
            var tenant = (ulong)columns.Tenant.Values[row];
            var minute = (int)(batch.EventTimes[row] / 60_000);
            var name = columns.Name.Ids[row];
            var amounts = OrderAmounts.Of(columns, row);
            var key = new CellKey(
                tenant, minute, name, columns.Country.Ids[row], columns.Device.Ids[row], batch.Sources[row],
                amounts.Lines > 0 ? columns.Currency.Ids[row] : 0, batch.Bots[row]);
            var cell = _cells.Entry(key, out _);
            _cells.Values[cell].Add(amounts.Units, amounts.Revenue, amounts.Discount);
            _dirtyCells.Mark(cell);
            if (amounts.Lines > 0)
            {
                CountLines(columns, row, key);
            }
            else if (columns.Product.Ids[row] != 0 && chunk.Id.Topic != Topics.Inventory)
            {
                CountProduct(new ProductKey(tenant, minute, columns.Product.Ids[row], name, 0), 0, 0, 0);
            }

            if (_uniques.Add(key.WithoutCurrency, batch.UserHashes[row], batch.SessionHashes[row]))
            {
                _visitors.Add(new LiveVisitor(tenant, minute, batch.UserHashes[row]));
            }

            CountLive(tenant, minute, name, amounts);
        }
    }

    /// <summary>The rows that are dirty, with <c>ver</c> = <paramref name="lastOffset"/>; clean afterwards.</summary>
    public List<TableRows> TakeHistory(long lastOffset, WindowingOptions options)
    {
        var stamp = new ChunkStamp(chunk.Id.Epoch, chunk.Id.Partition, chunk.Id.FirstOffset, lastOffset, chunk.FirstTimestamp / 1000);
        var cells = new TableRows(Tables.Cells, options.PartitionsPerInsert);
        foreach (var entry in _dirtyCells.Entries)
        {
            ref readonly var key = ref _cells.Keys[entry];
            CellRows.Add(cells, stamp, key.Tenant, key.Minute * 60L, DimensionsOf(key), _cells.Values[entry], options.CellRetention);
        }

        var products = new TableRows(Tables.ProductCells, options.PartitionsPerInsert);
        foreach (var entry in _dirtyProducts.Entries)
        {
            ref readonly var key = ref _products.Keys[entry];
            ProductCellRows.Add(
                products, stamp, key.Tenant, key.Minute * 60L, chunk.Words[key.Product], chunk.Words[key.Name], chunk.Words[key.Currency],
                _products.Values[entry], options.CellRetention);
        }

        var uniques = new TableRows(Tables.Uniques, options.PartitionsPerInsert);
        _uniques.TakeNew((cell, users, sessions) =>
        {
            ref readonly var key = ref _uniques.Cells[cell];
            UniqueRows.Add(uniques, stamp, key.Tenant, key.Minute * 60L, DimensionsOf(key), users, sessions, options.CellRetention);
        });
        _dirtyCells.Clear();
        _dirtyProducts.Clear();
        return [.. new[] { cells, products, uniques }.Where(table => table.Rows > 0)];
    }

    /// <summary>What was added to each minute since the last call.</summary>
    public LiveAddition[] TakeLive()
    {
        var additions = new LiveAddition[_live.Count];
        for (var i = 0; i < additions.Length; i++)
        {
            additions[i] = new LiveAddition(_live.Keys[i].Tenant, _live.Keys[i].Minute, _live.Values[i]);
        }

        if (additions.Length > 0)
        {
            _live = new FlatTable<MinuteKey, LiveFigures>();
        }

        return additions;
    }

    /// <summary>Users not seen before in a cell, since the last call.</summary>
    public LiveVisitor[] TakeVisitors()
    {
        LiveVisitor[] visitors = [.. _visitors];
        _visitors.Clear();
        return visitors;
    }

    private void CountLines(Decoding.EventColumns columns, int row, in CellKey key)
    {
        var end = columns.Lines.Start[row] + columns.Lines.Count[row];
        for (var line = columns.Lines.Start[row]; line < end; line++)
        {
            var (quantity, discount) = (columns.LineQuantity.Values[line], columns.LineDiscount.Values[line]);
            CountProduct(
                new ProductKey(key.Tenant, key.Minute, columns.LineProduct.Ids[line], key.Name, key.Currency),
                quantity, quantity * columns.LineUnitPrice.Values[line] - discount, discount);
        }
    }

    private void CountProduct(in ProductKey key, long units, long revenue, long discount)
    {
        var entry = _products.Entry(key, out _);
        _products.Values[entry].Add(units, revenue, discount);
        _dirtyProducts.Mark(entry);
    }

    private void CountLive(ulong tenant, int minute, int name, in OrderAmounts amounts)
    {
        // In two statements: Entry may grow the table, and Values read before it would be the old array.
        var entry = _live.Entry(new MinuteKey(tenant, minute), out _);
        ref var live = ref _live.Values[entry];
        live[LiveFigure.Events]++;
        switch (_names.KindOf(name))
        {
            case LiveName.PageView:
                live[LiveFigure.PageViews]++;
                break;
            case LiveName.AddToCart:
                live[LiveFigure.AddToCart]++;
                break;
            case LiveName.CheckoutStart:
                live[LiveFigure.CheckoutStarts]++;
                break;
            case LiveName.OrderPlaced:
                live[LiveFigure.Orders]++;
                live[LiveFigure.Units] += amounts.Units;
                live[LiveFigure.Revenue] += amounts.Revenue;
                live[LiveFigure.Discount] += amounts.Discount;
                break;
            case LiveName.OrderRefunded:
                live[LiveFigure.Refunds] += amounts.Revenue;
                break;
        }
    }

    private CellRows.Dimensions DimensionsOf(in CellKey key)
    {
        Words words = chunk.Words;
        return new CellRows.Dimensions
        {
            Name = words[key.Name],
            Country = words[key.Country],
            Device = words[key.Device],
            Source = words[key.Source],
            Currency = words[key.Currency],
            IsBot = key.IsBot,
        };
    }
}
