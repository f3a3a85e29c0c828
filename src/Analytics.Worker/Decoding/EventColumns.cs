using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Worker.Decoding;

/// <summary>The fields of the records of a batch, whatever topic they came from. A topic fills its own fields; those of others keep their absent value.</summary>
/// <remarks>Spans point into the batch's bytes, word ids into its chunk's words.</remarks>
internal sealed class EventColumns
{
    /// <summary>What became of each record so far.</summary>
    public Verdict[] Verdicts = [];

    /// <summary>The writer's schema id; -1 when it could not be read.</summary>
    public int[] SchemaIds = [];

    public readonly Fixed16Column EventId = new();
    public readonly LongColumn Tenant = new();

    /// <summary>Event name; order_placed, order_cancelled, order_refunded and stock_level for the other topics.</summary>
    public readonly WordColumn Name = new();

    public readonly SpanColumn User = new();
    public readonly SpanColumn Session = new();

    /// <summary>Unix milliseconds, as are all times.</summary>
    public readonly LongColumn Created = new();
    public readonly LongColumn Sent = new();
    public readonly LongColumn Received = new();

    public readonly SpanColumn Url = new();
    public readonly SpanColumn Referrer = new();
    public readonly SpanColumn Ip = new();
    public readonly WordColumn UserAgent = new();
    public readonly WordColumn Country = new();
    public readonly WordColumn Device = new();
    public readonly WordColumn Campaign = new();
    public readonly WordColumn Product = new();

    /// <summary>The encoded blocks of the map: pairs of strings.</summary>
    public readonly SpanColumn Properties = new();

    // Orders.
    public readonly SpanColumn OrderId = new();

    /// <summary>0 placed, 1 cancelled, 2 refunded.</summary>
    public readonly LongColumn OrderStatus = new();
    public readonly WordColumn Currency = new();
    public readonly RowsColumn Lines = new();
    public readonly WordColumn LineProduct = new();
    public readonly LongColumn LineQuantity = new();
    public readonly LongColumn LineUnitPrice = new();
    public readonly LongColumn LineDiscount = new();

    // Stock levels.
    public readonly LongColumn Stock = new();
    public readonly SpanColumn Title = new();
    public readonly LongColumn Images = new();
    public readonly LongColumn DescriptionLength = new();
    public readonly DoubleColumn Rating = new();
    public readonly LongColumn Price = new();

    /// <summary>Every column with one row a record: all but those of order lines.</summary>
    public Column[] OfRecords() =>
    [
        EventId, Tenant, Name, User, Session, Created, Sent, Received, Url, Referrer, Ip, UserAgent, Country, Device, Campaign, Product, Properties,
        OrderId, OrderStatus, Currency, Lines, Stock, Title, Images, DescriptionLength, Rating, Price,
    ];
}
