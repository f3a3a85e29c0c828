using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Tests;

/// <summary>One line of a made-up order.</summary>
internal sealed record MadeLine(string Product, long Quantity = 1, long UnitPrice = 100, long Discount = 0);

/// <summary>One made-up record, as it would come out of the decoder. Sound by default, so that a test says only what it is about.</summary>
internal sealed record MadeEvent
{
    /// <summary>A day so far ahead that no store expires what the tests write.</summary>
    public static readonly long Noon = DateTimeOffset.Parse("2090-11-22T12:00:00Z").ToUnixTimeMilliseconds();

    public long Kafka { get; init; } = Noon;

    public ulong Id { get; init; } = 1;

    public long Tenant { get; init; } = 4;

    public string Name { get; init; } = "page_view";

    public string User { get; init; } = "anna";

    public string? Session { get; init; }

    public long Created { get; init; } = Noon;

    public long? Sent { get; init; }

    public long? Received { get; init; }

    public string? Url { get; init; }

    public string? Referrer { get; init; }

    public string? Ip { get; init; }

    public string? UserAgent { get; init; }

    public string? Country { get; init; }

    public string? Device { get; init; }

    public string? Campaign { get; init; }

    public string? Product { get; init; }

    public byte[]? Properties { get; init; }

    public string? OrderId { get; init; }

    public long OrderStatus { get; init; }

    public string? Currency { get; init; }

    public MadeLine[] Lines { get; init; } = [];

    public long Stock { get; init; } = 10;

    public long? Price { get; init; }

    public Verdict Decoded { get; init; }
}

/// <summary>Makes batches of made-up records.</summary>
internal static class MadeBatches
{
    /// <summary>A chunk that this worker owns until <paramref name="lost"/>; <paramref name="watch"/> looks whether its topic is still there.</summary>
    public static Chunk Chunk(
        string topic = Topics.Clickstream, long first = 0, ulong epoch = 7, int partition = 2, TopicWatch? watch = null, CancellationToken lost = default) =>
        new(new ChunkId(epoch, topic, partition, first), MadeEvent.Noon, configVersion: 1, lost) { Watch = watch };

    /// <summary>A sound order.</summary>
    public static MadeEvent Order(params MadeLine[] lines) => new()
    {
        Name = "order_placed",
        OrderId = "A-1",
        Currency = "USD",
        Lines = lines.Length > 0 ? lines : [new MadeLine("desk")],
    };

    /// <summary>Records with offsets from <paramref name="first"/> on.</summary>
    public static DecodedBatch Of(Chunk chunk, long first, params IReadOnlyList<MadeEvent> events)
    {
        var raw = new RawBatch();
        raw.Begin(chunk, warmUp: false);
        raw.LastOffset = first - 1;
        var batch = new DecodedBatch { Raw = raw };
        var columns = batch.Columns;
        columns.Verdicts = new Verdict[events.Count];
        columns.SchemaIds = new int[events.Count];
        foreach (var column in columns.OfRecords())
        {
            column.Reserve(events.Count);
            for (var row = 0; row < events.Count; row++)
            {
                column.Clear(row);
            }
        }

        var lines = 0;
        for (var row = 0; row < events.Count; row++)
        {
            Set(batch, row, first + row, events[row], ref lines);
        }

        return batch;
    }

    /// <summary>The records after the enricher.</summary>
    public static EnrichedBatch Enriched(Chunk chunk, long first, params IReadOnlyList<MadeEvent> events) =>
        new EventEnricher(new EnrichingOptions(), _ => { }).Apply(Of(chunk, first, events));

    private static void Set(DecodedBatch batch, int row, long offset, MadeEvent made, ref int lines)
    {
        var columns = batch.Columns;
        var words = batch.Raw.Chunk.Words;
        var record = new List<byte>();
        var start = batch.Raw.Size;
        int Word(string? text) => words.Intern(Encoding.UTF8.GetBytes(text ?? ""));
        void Bytes(SpanColumn column, byte[]? bytes)
        {
            (column.Start[row], column.Length[row]) = (start + record.Count, bytes?.Length ?? -1);
            record.AddRange(bytes ?? []);
        }

        void Text(SpanColumn column, string? text) => Bytes(column, text is null ? null : Encoding.UTF8.GetBytes(text));

        columns.Verdicts[row] = made.Decoded;
        (columns.EventId.High[row], columns.EventId.Low[row]) = (made.Id == 0 ? 0 : 0xAB00UL, made.Id);
        columns.Tenant.Values[row] = made.Tenant;
        columns.Created.Values[row] = made.Created;
        columns.Sent.Values[row] = made.Sent ?? LongColumn.Absent;
        columns.Received.Values[row] = made.Received ?? LongColumn.Absent;
        columns.Name.Ids[row] = Word(made.Name);
        columns.UserAgent.Ids[row] = Word(made.UserAgent);
        columns.Country.Ids[row] = Word(made.Country);
        columns.Device.Ids[row] = Word(made.Device);
        columns.Campaign.Ids[row] = Word(made.Campaign);
        columns.Product.Ids[row] = Word(made.Product);
        columns.Currency.Ids[row] = Word(made.Currency);
        columns.OrderStatus.Values[row] = made.OrderStatus;
        columns.Stock.Values[row] = made.Stock;
        columns.Price.Values[row] = made.Price ?? LongColumn.Absent;
        Text(columns.User, made.User);
        Text(columns.Session, made.Session);
        Text(columns.Url, made.Url);
        Text(columns.Referrer, made.Referrer);
        Text(columns.Ip, made.Ip);
        Text(columns.OrderId, made.OrderId);
        Bytes(columns.Properties, made.Properties);
        (columns.Lines.Start[row], columns.Lines.Count[row]) = (lines, made.Lines.Length);
        foreach (var column in new Column[] { columns.LineProduct, columns.LineQuantity, columns.LineUnitPrice, columns.LineDiscount })
        {
            column.Reserve(lines + made.Lines.Length);
        }

        foreach (var line in made.Lines)
        {
            columns.LineProduct.Ids[lines] = Word(line.Product);
            columns.LineQuantity.Values[lines] = line.Quantity;
            columns.LineUnitPrice.Values[lines] = line.UnitPrice;
            columns.LineDiscount.Values[lines++] = line.Discount;
        }

        batch.Raw.Add(offset, made.Kafka, record.ToArray(), isTombstone: false);
    }
}
