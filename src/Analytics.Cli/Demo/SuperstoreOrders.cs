using System.Security.Cryptography;
using System.Text;
using Analytics.Core.Events;

namespace Analytics.Cli.Demo;

/// <summary>Turns the Superstore's lines into order events: each category is a seller, each order of a seller one event at its real date.</summary>
/// <remarks>
/// An order's id is made from seller and order number, so that loading twice sends the same ids and the second load counts nothing.
/// The file has no time of day: an order is placed at noon UTC.
/// </remarks>
internal static class SuperstoreOrders
{
    private static readonly TimeOnly Noon = new(12, 0);

    /// <summary>The tenant of each category.</summary>
    public static readonly IReadOnlyDictionary<string, long> Sellers = new Dictionary<string, long>
    {
        ["Furniture"] = 1,
        ["Office Supplies"] = 2,
        ["Technology"] = 3,
    };

    /// <summary>One event for each order of each seller, by date.</summary>
    public static IReadOnlyList<OrderEvent> From(IEnumerable<SuperstoreLine> lines) =>
    [
        .. lines
            .GroupBy(line => (Seller: Sellers[line.Category], line.OrderId))
            .Select(order => Order(order.Key.Seller, [.. order]))
            .OrderBy(order => order.CreatedAt)
            .ThenBy(order => order.TenantId)
            .ThenBy(order => order.OrderId, StringComparer.Ordinal),
    ];

    /// <summary>An amount of dollars in cents, rounded half to even.</summary>
    public static long Cents(decimal dollars) => (long)decimal.Round(dollars * 100, 0, MidpointRounding.ToEven);

    /// <summary>A line whose quantity × unit price − discount is exactly what was paid, in cents.</summary>
    /// <remarks>The unit price is the list price rounded up, so that the discount, which takes the remainder, is never negative.</remarks>
    public static OrderLine Line(SuperstoreLine line)
    {
        var paid = Cents(line.Sales);
        var list = line.Discount < 1 ? line.Sales / (1 - line.Discount) : line.Sales;
        var unitPrice = Math.Max((long)decimal.Ceiling(list * 100 / line.Quantity), (paid + line.Quantity - 1) / line.Quantity);
        return new OrderLine(line.ProductId, line.Quantity, unitPrice, Discount: line.Quantity * unitPrice - paid);
    }

    private static OrderEvent Order(long seller, IReadOnlyList<SuperstoreLine> lines)
    {
        var first = lines[0];
        return new OrderEvent
        {
            EventId = IdOf(seller, first.OrderId),
            TenantId = seller,
            OrderId = first.OrderId,
            UserId = first.CustomerId,
            Status = OrderStatus.Placed,
            Currency = "USD",
            CreatedAt = new DateTimeOffset(first.OrderDate.ToDateTime(Noon), TimeSpan.Zero),
            Country = "US",
            Lines = [.. lines.Select(Line)],
            Properties = new Dictionary<string, string>
            {
                ["segment"] = first.Segment,
                ["region"] = first.Region,
                ["state"] = first.State,
                ["city"] = first.City,
                ["ship_mode"] = first.ShipMode,
            },
        };
    }

    private static Guid IdOf(long seller, string order) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"superstore/{seller}/{order}")).AsSpan(0, 16), bigEndian: true);
}
