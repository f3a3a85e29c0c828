using System.Globalization;
using Analytics.Core.Events;
using Analytics.Core.Questions;

namespace Analytics.Api.Collecting;

/// <summary>Makes an order of Segment's <c>Order Completed</c>, <c>Order Cancelled</c> and <c>Order Refunded</c>.</summary>
/// <remarks>Segment's prices are major units (19.99), ours minor ones (1999), rounded half up. A discount of the whole order is taken from its lines in their order.</remarks>
internal static class SegmentOrder
{
    /// <summary>What an event of this name makes of an order; null when it is about none.</summary>
    public static OrderStatus? StatusOf(string name) => name.ToUpperInvariant() switch
    {
        "ORDER COMPLETED" => OrderStatus.Placed,
        "ORDER CANCELLED" => OrderStatus.Cancelled,
        "ORDER REFUNDED" => OrderStatus.Refunded,
        _ => null,
    };

    /// <summary>The order; what is wrong with it is noted in <paramref name="message"/>.</summary>
    public static OrderEvent Read(EventFields message, ClickstreamEvent click, OrderStatus status)
    {
        var fields = message.Part("properties");
        var currency = fields.Text("currency", EventLimits.NameBytes)?.ToUpperInvariant() ?? "USD";
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
        {
            fields.Refuse(Verdict.InvalidCurrency, $"Expected a 'currency' of three letters (ISO 4217); found '{currency}'.");
        }

        var order = new OrderEvent
        {
            EventId = click.EventId,
            TenantId = click.TenantId,
            OrderId = fields.Needed("order_id", EventLimits.NameBytes, Verdict.MissingName),
            UserId = click.UserId,
            SessionId = click.SessionId,
            Status = status,
            Currency = currency,
            CreatedAt = click.CreatedAt,
            SentAt = click.SentAt,
            ReceivedAt = click.ReceivedAt,
            Referrer = click.Referrer,
            Ip = click.Ip,
            UserAgent = click.UserAgent,
            Campaign = click.Campaign,
            Lines = Lines(fields, currency),
            Properties = click.Properties.Where(property => property.Key != "products").ToDictionary(),
        };
        if (fields.Refusal is { } refusal)
        {
            message.Refuse(refusal, "properties: ");
        }

        return order;
    }

    private static List<OrderLine> Lines(EventFields order, string currency)
    {
        var lines = new List<OrderLine>();
        var left = Minor(order, "discount", currency);
        foreach (var item in order.Objects("products", EventLimits.Lines))
        {
            var fields = new EventFields(item);
            var product = fields.Text("product_id", EventLimits.NameBytes) ?? fields.Needed("sku", EventLimits.NameBytes, Verdict.MissingName);
            var quantity = fields.Whole("quantity") ?? 1;
            var price = Minor(fields, "price", currency);
            if (quantity is < 1 or > int.MaxValue)
            {
                fields.Refuse(Verdict.InvalidQuantity, string.Create(CultureInfo.InvariantCulture, $"Expected a 'quantity' from 1 to {int.MaxValue}; found {quantity}."));
            }
            else if ((Int128)quantity * price > EventLimits.Amount)
            {
                fields.Refuse(Verdict.InvalidAmount, string.Create(CultureInfo.InvariantCulture, $"Expected a line of at most {EventLimits.Amount} minor units; found more."));
            }

            if (fields.Refusal is { } refusal)
            {
                order.Refuse(refusal, $"products[{lines.Count}]: ");
                return lines;
            }

            var discount = Math.Min(left, quantity * price);
            left -= discount;
            lines.Add(new(product, (int)quantity, price, discount));
        }

        if (lines.Count == 0)
        {
            order.Refuse(Verdict.NoLines, "Expected 1 product or more in 'products'; found none.");
        }

        if (lines.Aggregate((Int128)0, (sum, line) => sum + ((Int128)line.Quantity * line.UnitPrice)) > EventLimits.Amount)
        {
            order.Refuse(Verdict.InvalidAmount, string.Create(CultureInfo.InvariantCulture, $"Expected an order of at most {EventLimits.Amount} minor units; found more."));
        }

        return lines;
    }

    private static long Minor(EventFields fields, string name, string currency)
    {
        var major = fields.Number(name) ?? 0;
        var minor = Math.Round(major * Math.Pow(10, Currencies.Decimals(currency)), MidpointRounding.AwayFromZero);
        if (minor is >= 0 and <= EventLimits.Amount)
        {
            return (long)minor;
        }

        fields.Refuse(Verdict.InvalidAmount, string.Create(CultureInfo.InvariantCulture, $"Expected a '{name}' from 0 to {EventLimits.Amount} minor units; found {major}."));
        return 0;
    }
}
