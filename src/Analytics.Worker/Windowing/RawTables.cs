using System.Text;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Windowing;

/// <summary>The raw lane's view of one chunk: rows that no output has had yet, and the counts of the whole chunk.</summary>
internal sealed class RawTables(Chunk chunk, WindowingOptions options)
{
    private readonly byte[] _topic = Encoding.UTF8.GetBytes(chunk.Id.Topic);
    private readonly ChunkStamp _stamp = new(chunk.Id.Epoch, chunk.Id.Partition, chunk.Id.FirstOffset, 0, chunk.FirstTimestamp / 1000);
    private readonly long[] _verdicts = new long[256];
    private long _minEventTime = long.MaxValue;
    private long _maxEventTime = long.MinValue;
    private long _revenue;
    private long _flagged;
    private long _foldedNames;
    private int _debugOneIn = 1;
    private TableRows[] _tables = [];
    private List<DeadLetter> _deadLetters = [];
    private long _deadBytes;

    /// <summary>Flushes answered so far.</summary>
    public int Flushes { get; set; }

    /// <summary>True when the rows should not wait for the next flush.</summary>
    public bool IsFull =>
        _tables.Length > 0 && (Events.Rows + Rejected.Rows >= options.RawRows || _tables.Sum(table => table.Bytes) + _deadBytes >= options.RawBytes);

    private TableRows Events => _tables[0];

    private TableRows Lines => _tables[1];

    private TableRows Stock => _tables[2];

    private TableRows Rejected => _tables[3];

    /// <summary>Makes the rows of a batch's records and counts their verdicts.</summary>
    public void Count(EnrichedBatch batch)
    {
        Open();
        (_flagged, _foldedNames, _debugOneIn) = (_flagged + batch.Flagged, _foldedNames + batch.FoldedNames, batch.DebugOneIn);
        var columns = batch.Decoded.Columns;
        for (var row = 0; row < batch.Decoded.Raw.Count; row++)
        {
            var verdict = columns.Verdicts[row];
            _verdicts[(int)verdict]++;
            if (verdict == Verdict.Accepted)
            {
                Accept(batch, row);
            }
            else if (verdict.IsRejection())
            {
                Reject(batch.Decoded.Raw, columns, row);
            }
        }
    }

    /// <summary>The rows since the last call.</summary>
    public (IReadOnlyList<TableRows> Tables, IReadOnlyList<DeadLetter> DeadLetters) Take()
    {
        TableRows[] tables = [.. _tables.Where(table => table.Rows > 0)];
        var deadLetters = _deadLetters;
        (_tables, _deadLetters, _deadBytes) = ([], [], 0);
        return (tables, deadLetters);
    }

    /// <summary>The counts of the chunk so far.</summary>
    public ChunkCounts Counts() => new()
    {
        Read = _verdicts.Sum(),
        Accepted = _verdicts[(int)Verdict.Accepted],
        Duplicate = _verdicts[(int)Verdict.Duplicate],
        Filtered = _verdicts[(int)Verdict.Filtered],
        Rejected = Enum.GetValues<Verdict>().Where(verdict => verdict.IsRejection() && _verdicts[(int)verdict] > 0)
            .ToDictionary(verdict => verdict.Code(), verdict => _verdicts[(int)verdict]),
        MinEventTime = _verdicts[(int)Verdict.Accepted] > 0 ? _minEventTime : null,
        MaxEventTime = _verdicts[(int)Verdict.Accepted] > 0 ? _maxEventTime : null,
        Revenue = _revenue,
        Flagged = _flagged,
        FoldedNames = _foldedNames,
        DebugOneIn = _debugOneIn,
    };

    private void Open()
    {
        if (_tables.Length == 0)
        {
            _tables = Array.ConvertAll(
                [Tables.Events, Tables.OrderLines, Tables.StockLevels, Tables.Rejected], table => new TableRows(table, options.PartitionsPerInsert));
        }
    }

    private void Accept(EnrichedBatch batch, int row)
    {
        var columns = batch.Decoded.Columns;
        var time = batch.EventTimes[row];
        _minEventTime = Math.Min(_minEventTime, time);
        _maxEventTime = Math.Max(_maxEventTime, time);
        var amounts = OrderAmounts.Of(columns, row);
        var stamp = StampOf(batch.Decoded.Raw, row, time, options.EventRetention);
        AddEvent(batch, row, stamp, amounts);
        if (chunk.Id.Topic == Topics.Orders)
        {
            _revenue += columns.OrderStatus.Values[row] == 0 ? amounts.Revenue : 0;
            AddLines(batch, row, stamp);
        }
        else if (chunk.Id.Topic == Topics.Inventory)
        {
            AddStock(batch, row, stamp);
        }
    }

    private RecordStamp StampOf(RawBatch raw, int row, long time, long retention) =>
        new(chunk.Id.Epoch, chunk.Id.Partition, raw.Offsets[row], _stamp.KeepUntil(time / 1000, retention));

    private void AddEvent(EnrichedBatch batch, int row, in RecordStamp stamp, in OrderAmounts amounts)
    {
        var (raw, columns, words) = (batch.Decoded.Raw, batch.Decoded.Columns, chunk.Words);
        EventRows.Add(Events, stamp, new EventRow
        {
            Tenant = (ulong)columns.Tenant.Values[row],
            IdHigh = columns.EventId.High[row],
            IdLow = columns.EventId.Low[row],
            EventTime = batch.EventTimes[row],
            CreatedAt = columns.Created.Values[row],
            SentAt = columns.Sent.Values[row],
            ReceivedAt = columns.Received.Values[row],
            KafkaTime = raw.Timestamps[row],
            Name = words[columns.Name.Ids[row]],
            UserId = columns.User.Of(row, raw.Bytes),
            SessionId = columns.Session.Of(row, raw.Bytes),
            Country = words[columns.Country.Ids[row]],
            Device = words[columns.Device.Ids[row]],
            Source = words[batch.Sources[row]],
            Campaign = words[columns.Campaign.Ids[row]],
            Url = columns.Url.Of(row, raw.Bytes),
            Referrer = columns.Referrer.Of(row, raw.Bytes),
            Ip = columns.Ip.Of(row, raw.Bytes),
            UserAgent = words[columns.UserAgent.Ids[row]],
            Browser = words[batch.Browsers[row]],
            System = words[batch.Systems[row]],
            BotRule = words[batch.BotRules[row]],
            ProductId = words[columns.Product.Ids[row]],
            OrderId = columns.OrderId.Of(row, raw.Bytes),
            Currency = words[columns.Currency.Ids[row]],
            Topic = _topic,
            Units = amounts.Units,
            Revenue = amounts.Revenue,
            IsBot = batch.Bots[row],
            IsClamped = batch.Clamped[row],
            Properties = columns.Properties.Of(row, raw.Bytes),
            Chunk = chunk.Id.FirstOffset,
        });
    }

    private void AddLines(EnrichedBatch batch, int row, in RecordStamp stamp)
    {
        var (raw, columns, words) = (batch.Decoded.Raw, batch.Decoded.Columns, chunk.Words);
        var start = columns.Lines.Start[row];
        for (var i = 0; i < columns.Lines.Count[row]; i++)
        {
            var (quantity, price, discount) =
                (columns.LineQuantity.Values[start + i], columns.LineUnitPrice.Values[start + i], columns.LineDiscount.Values[start + i]);
            OrderLineRows.Add(Lines, stamp, new OrderLineRow
            {
                Tenant = (ulong)columns.Tenant.Values[row],
                OrderId = columns.OrderId.Of(row, raw.Bytes),
                Status = columns.OrderStatus.Values[row] switch { 0 => "placed"u8, 1 => "cancelled"u8, _ => "refunded"u8 },
                UserId = columns.User.Of(row, raw.Bytes),
                ProductId = words[columns.LineProduct.Ids[start + i]],
                Currency = words[columns.Currency.Ids[row]],
                Line = (uint)i,
                IdHigh = columns.EventId.High[row],
                IdLow = columns.EventId.Low[row],
                EventTime = batch.EventTimes[row],
                Quantity = quantity,
                UnitPrice = price,
                Discount = discount,
                Revenue = quantity * price - discount,
            });
        }
    }

    private void AddStock(EnrichedBatch batch, int row, in RecordStamp stamp)
    {
        var (raw, columns, words) = (batch.Decoded.Raw, batch.Decoded.Columns, chunk.Words);
        StockLevelRows.Add(Stock, stamp, new StockLevelRow
        {
            Tenant = (ulong)columns.Tenant.Values[row],
            ProductId = words[columns.Product.Ids[row]],
            Title = columns.Title.Of(row, raw.Bytes),
            Currency = words[columns.Currency.Ids[row]],
            EventTime = batch.EventTimes[row],
            IdHigh = columns.EventId.High[row],
            IdLow = columns.EventId.Low[row],
            Stock = columns.Stock.Values[row],
            Images = columns.Images.Values[row],
            DescriptionLength = columns.DescriptionLength.Values[row],
            Price = columns.Price.Values[row],
            Rating = columns.Rating.Values[row],
        });
    }

    private void Reject(RawBatch raw, EventColumns columns, int row)
    {
        var verdict = columns.Verdicts[row];
        var error = RejectionText.Of(raw, columns, row);
        var record = raw.Bytes.AsSpan(raw.Starts[row], Math.Max(0, raw.Lengths[row]));
        // What the frame or Avro rejected has no fields that could be trusted.
        var tenant = verdict >= Verdict.MissingTenant ? (ulong)Math.Max(0, columns.Tenant.Values[row]) : 0;
        RejectedRows.Add(
            Rejected, _topic, StampOf(raw, row, raw.Timestamps[row], options.RejectedRetention), raw.Timestamps[row], tenant,
            Encoding.UTF8.GetBytes(verdict.Code()), Encoding.UTF8.GetBytes(error), columns.SchemaIds[row], record);
        _deadLetters.Add(new DeadLetter(raw.Offsets[row], verdict, error, columns.SchemaIds[row], record.ToArray()));
        _deadBytes += record.Length + error.Length * 2;
    }
}
