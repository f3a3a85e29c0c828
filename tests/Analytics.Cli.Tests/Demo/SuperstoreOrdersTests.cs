using Analytics.Cli.Demo;
using Analytics.Core.Events;

namespace Analytics.Cli.Tests.Demo;

public sealed class SuperstoreOrdersTests
{
    private static readonly IReadOnlyList<OrderEvent> Orders = SuperstoreOrders.From(SuperstoreFile.Read(SuperstoreFile.Find()));

    // Counted from the file by a script of a dozen lines that shares no code with this project.
    [Theory]
    [InlineData(1, 74_199_974, 1_764, 8_028, 707)]
    [InlineData(2, 71_904_689, 3_742, 22_906, 788)]
    [InlineData(3, 83_615_402, 1_544, 6_939, 687)]
    public void Each_seller_has_the_revenue_orders_units_and_customers_of_its_category(long seller, long revenue, int orders, long units, int customers)
    {
        var own = Orders.Where(order => order.TenantId == seller).ToArray();

        Assert.Equal(revenue, own.SelectMany(order => order.Lines).Sum(line => line.Quantity * line.UnitPrice - line.Discount));
        Assert.Equal(orders, own.Length);
        Assert.Equal(units, own.SelectMany(order => order.Lines).Sum(line => (long)line.Quantity));
        Assert.Equal(customers, own.Select(order => order.UserId).Distinct().Count());
    }

    [Fact]
    public void Every_line_of_the_file_is_in_an_order() => Assert.Equal(9_994, Orders.Sum(order => order.Lines.Count));

    [Fact]
    public void No_discount_is_negative_or_above_its_line() => Assert.All(Orders.SelectMany(order => order.Lines), line =>
        Assert.InRange(line.Discount, 0, line.Quantity * line.UnitPrice));

    [Fact]
    public void An_order_has_the_same_id_whenever_it_is_made()
    {
        var again = SuperstoreOrders.From(SuperstoreFile.Read(SuperstoreFile.Find()));

        Assert.Equal(Orders.Select(order => order.EventId), again.Select(order => order.EventId));
        Assert.Equal(Orders.Count, Orders.Select(order => order.EventId).Distinct().Count());
    }

    [Theory]
    [InlineData("0.444", 44)]
    [InlineData("0.445", 44)]
    [InlineData("0.455", 46)]
    [InlineData("261.96", 26_196)]
    public void Dollars_become_cents_half_to_even(string dollars, long cents) =>
        Assert.Equal(cents, SuperstoreOrders.Cents(decimal.Parse(dollars, System.Globalization.CultureInfo.InvariantCulture)));
}
