using Analytics.Core.Avro;

namespace Analytics.Core.Events;

/// <summary>Writes events as Avro by the schemas of schemas/avro: the fields in the order of the file.</summary>
public static class EventEncoding
{
    /// <summary>Writes one event, without the header that names its schema.</summary>
    public static void Write(AvroWriter writer, ProducedEvent produced)
    {
        switch (produced)
        {
            case ClickstreamEvent click:
                Write(writer, click);
                break;
            case OrderEvent order:
                Write(writer, order);
                break;
            case StockEvent stock:
                Write(writer, stock);
                break;
            default:
                throw new ArgumentException($"{produced.GetType().Name} has no schema", nameof(produced));
        }
    }

    private static void Write(AvroWriter writer, ClickstreamEvent click)
    {
        Id(writer, click.EventId);
        writer.Long(click.TenantId);
        writer.String(click.Name);
        writer.String(click.UserId);
        writer.OptionalString(click.SessionId);
        Times(writer, click);
        writer.OptionalString(click.Url);
        writer.OptionalString(click.Referrer);
        writer.OptionalString(click.Ip);
        writer.OptionalString(click.UserAgent);
        writer.OptionalString(click.Country);
        writer.OptionalString(click.Device);
        writer.OptionalString(click.Campaign);
        writer.OptionalString(click.ProductId);
        writer.StringMap(click.Properties);
    }

    private static void Write(AvroWriter writer, OrderEvent order)
    {
        Id(writer, order.EventId);
        writer.Long(order.TenantId);
        writer.String(order.OrderId);
        writer.String(order.UserId);
        writer.OptionalString(order.SessionId);
        writer.Int((int)order.Status);
        writer.String(order.Currency);
        Times(writer, order);
        writer.OptionalString(order.Referrer);
        writer.OptionalString(order.Ip);
        writer.OptionalString(order.UserAgent);
        writer.OptionalString(order.Country);
        writer.OptionalString(order.Device);
        writer.OptionalString(order.Campaign);
        writer.Block(order.Lines.Count);
        foreach (var line in order.Lines)
        {
            writer.String(line.ProductId);
            writer.Int(line.Quantity);
            writer.Long(line.UnitPrice);
            writer.Long(line.Discount);
        }

        writer.EndBlocks();
        writer.StringMap(order.Properties);
    }

    private static void Write(AvroWriter writer, StockEvent stock)
    {
        Id(writer, stock.EventId);
        writer.Long(stock.TenantId);
        writer.String(stock.ProductId);
        writer.Long(stock.Stock);
        Times(writer, stock);
        writer.OptionalString(stock.Title);
        writer.OptionalLong(stock.Images);
        writer.OptionalLong(stock.DescriptionLength);
        writer.OptionalDouble(stock.Rating);
        writer.OptionalLong(stock.Price);
        writer.OptionalString(stock.Currency);
        writer.StringMap(stock.Properties);
    }

    private static void Id(AvroWriter writer, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.Fixed(bytes);
    }

    private static void Times(AvroWriter writer, ProducedEvent produced)
    {
        writer.Long(produced.CreatedAt.ToUnixTimeMilliseconds());
        writer.OptionalLong(produced.SentAt?.ToUnixTimeMilliseconds());
        writer.OptionalLong(produced.ReceivedAt?.ToUnixTimeMilliseconds());
    }
}
