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
    private readonly int _topicWord = chunk.Words.Intern(Encoding.UTF8.GetBytes(chunk.Id.Topic));
    private TableRows[] _tables = [];

    // The accepted records of a batch, when each may be deleted, and by record the amounts of its order: 0 in other topics.
    private int[] _records = [];
    private uint[] _keepUntil = [];
    private long[] _units = [];
    private long[] _revenues = [];

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
        Reserve(batch.Decoded.Raw.Count);
        var accepted = 0;
        for (var row = 0; row < batch.Decoded.Raw.Count; row++)
        {
            var verdict = columns.Verdicts[row];
            _verdicts[(int)verdict]++;
            if (verdict == Verdict.Accepted)
            {
                Accept(batch, row, accepted++);
            }
            else if (verdict.IsRejection())
            {
                Reject(batch.Decoded.Raw, columns, row);
            }
        }

        AddEvents(batch, accepted);
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

    private void Accept(EnrichedBatch batch, int row, int place)
    {
        var columns = batch.Decoded.Columns;
        var time = batch.EventTimes[row];
        _minEventTime = Math.Min(_minEventTime, time);
        _maxEventTime = Math.Max(_maxEventTime, time);
        (_records[place], _keepUntil[place]) = (row, _stamp.KeepUntil(time / 1000, options.EventRetention));
        if (chunk.Id.Topic == Topics.Orders)
        {
            var amounts = OrderAmounts.Of(columns, row);
            (_units[row], _revenues[row]) = (amounts.Units, amounts.Revenue);
            _revenue += columns.OrderStatus.Values[row] == 0 ? amounts.Revenue : 0;
            AddLines(batch, row, StampOf(batch.Decoded.Raw, row, time, options.EventRetention));
        }
        else if (chunk.Id.Topic == Topics.Inventory)
        {
            AddStock(batch, row, StampOf(batch.Decoded.Raw, row, time, options.EventRetention));
        }
    }

    private void Reserve(int rows)
    {
        if (_records.Length < rows)
        {
            var room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows);
            (_records, _keepUntil, _units, _revenues) = (new int[room], new uint[room], new long[room], new long[room]);
        }
    }

    private RecordStamp StampOf(RawBatch raw, int row, long time, long retention) =>
        new(chunk.Id.Epoch, chunk.Id.Partition, raw.Offsets[row], _stamp.KeepUntil(time / 1000, retention));

    private void AddEvents(EnrichedBatch batch, int accepted)
    {
        var (raw, columns) = (batch.Decoded.Raw, batch.Decoded.Columns);
        EventRows.Add(Events, new EventBatch
        {
            Words = chunk.Words,
            Bytes = raw.Bytes,
            Topic = _topicWord,
            Epoch = chunk.Id.Epoch,
            Partition = chunk.Id.Partition,
            Chunk = chunk.Id.FirstOffset,
            Offsets = raw.Offsets,
            KafkaTimes = raw.Timestamps,
            Tenants = columns.Tenant.Values,
            EventTimes = batch.EventTimes,
            Created = columns.Created.Values,
            Sent = columns.Sent.Values,
            Received = columns.Received.Values,
            IdHigh = columns.EventId.High,
            IdLow = columns.EventId.Low,
            Names = columns.Name.Ids,
            Countries = columns.Country.Ids,
            Devices = columns.Device.Ids,
            Sources = batch.Sources,
            Campaigns = columns.Campaign.Ids,
            UserAgents = columns.UserAgent.Ids,
            Products = columns.Product.Ids,
            Currencies = columns.Currency.Ids,
            Browsers = batch.Browsers,
            Systems = batch.Systems,
            BotRules = batch.BotRules,
            Users = columns.User,
            Sessions = columns.Session,
            Urls = columns.Url,
            Referrers = columns.Referrer,
            Addresses = columns.Ip,
            OrderIds = columns.OrderId,
            Properties = columns.Properties,
            Units = _units,
            Revenues = _revenues,
            Bots = batch.Bots,
            Clamped = batch.Clamped,
        }, _records.AsSpan(0, accepted), _keepUntil.AsSpan(0, accepted));
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
