using System.Text.Json;
using Analytics.Api.Collecting;
using Analytics.Core.Events;

namespace Analytics.Api.Tests.Collecting;

public sealed class SegmentReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Product Viewed", "product_view")]
    [InlineData("product added", "add_to_cart")]
    [InlineData("Checkout Started", "checkout_start")]
    [InlineData("Lamp Lit", "Lamp Lit")]
    public void A_name_of_the_ecommerce_spec_becomes_ours_and_any_other_stays(string segment, string ours) =>
        Assert.Equal(ours, Click($$"""{"type":"track","userId":"u","event":"{{segment}}"}""").Name);

    [Fact]
    public void Everything_that_is_known_about_a_visit_is_taken_over()
    {
        var (id, read, refusal) = Read(
            """
            {"type":"page","messageId":"ajs-next-1","userId":"u","anonymousId":"a","timestamp":"2026-11-22T11:59:00Z","sentAt":"2026-11-22T11:59:30Z",
             "properties":{"section":"lamps","product_id":"p","depth":{"a":1}},
             "context":{"ip":"203.0.113.9","userAgent":"Mozilla/5.0","page":{"url":"https://lamps.example/","referrer":"https://search.example/"},
                        "campaign":{"name":"spring","source":"mail","medium":"email"}}}
            """);
        var click = (ClickstreamEvent)read!;

        Assert.Null(refusal);
        Assert.Equal(("page_view", "u", 1), (click.Name, click.UserId, click.TenantId));
        Assert.Equal((Now.AddMinutes(-1), Now.AddSeconds(-30)), (click.CreatedAt, click.SentAt));
        Assert.Equal(("203.0.113.9", "Mozilla/5.0", "spring", "p"), (click.Ip, click.UserAgent, click.Campaign, click.ProductId));
        Assert.Equal(("https://lamps.example/", "https://search.example/"), (click.Url, click.Referrer));
        Assert.Equal(
            new Dictionary<string, string> { ["section"] = "lamps", ["product_id"] = "p", ["depth"] = """{"a":1}""", ["utm_source"] = "mail", ["utm_medium"] = "email", ["anonymous_id"] = "a" },
            click.Properties);
        Assert.Equal(id, Read("""{"type":"page","messageId":"ajs-next-1","userId":"u"}""").Id);
    }

    [Fact]
    public void Identify_is_an_event_with_the_traits()
    {
        var click = Click("""{"type":"identify","anonymousId":"a","traits":{"plan":"gold"}}""");

        Assert.Equal(("identify", "a", "gold"), (click.Name, click.UserId, click.Properties["plan"]));
    }

    [Fact]
    public void A_completed_order_is_an_order_in_minor_units_with_its_discount_on_the_first_lines()
    {
        var (_, read, refusal) = Read(
            """
            {"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":"o","currency":"eur","discount":25,"coupon":"X",
             "products":[{"product_id":"a","quantity":1,"price":19.99},{"sku":"b","price":0.1,"quantity":3},{"product_id":"c","price":10}]}}
            """);
        var order = (OrderEvent)read!;

        Assert.Null(refusal);
        Assert.Equal(("o", "EUR", OrderStatus.Placed, "u"), (order.OrderId, order.Currency, order.Status, order.UserId));
        Assert.Equal([new OrderLine("a", 1, 1_999, 1_999), new OrderLine("b", 3, 10, 30), new OrderLine("c", 1, 1_000, 471)], order.Lines);
        Assert.Equal("X", order.Properties["coupon"]);
        Assert.False(order.Properties.ContainsKey("products"));
    }

    [Theory]
    [InlineData("JPY", 1_500)]
    [InlineData("KWD", 1_500_000)]
    public void An_amount_has_the_decimals_of_its_currency(string currency, long minor)
    {
        var order = (OrderEvent)Read(
            """{"type":"track","userId":"u","event":"Order Refunded","properties":{"order_id":"o","currency":"CUR","products":[{"product_id":"a","price":1500}]}}"""
                .Replace("CUR", currency, StringComparison.Ordinal)).Event!;

        Assert.Equal((OrderStatus.Refunded, minor), (order.Status, order.Lines[0].UnitPrice));
    }

    [Theory]
    [InlineData("""{"type":"track","event":"n"}""", "missing_user")]
    [InlineData("""{"type":"track","userId":"u"}""", "missing_name")]
    [InlineData("""{"type":"group","userId":"u"}""", "corrupt")]
    [InlineData("""{"userId":"u","event":"n"}""", "corrupt")]
    [InlineData("""{"type":"track","userId":"u","event":"n","messageId":""}""", "missing_event_id")]
    [InlineData("""{"type":"track","userId":"u","event":"n","context":"none"}""", "corrupt")]
    [InlineData("""{"type":"track","userId":"u","event":"n","context":{"page":7}}""", "corrupt")]
    [InlineData("""{"type":"track","userId":"u","event":"n","properties":[]}""", "corrupt")]
    [InlineData("""{"type":"track","userId":"u","event":"n","timestamp":"soon"}""", "invalid_time")]
    [InlineData("""{"type":"track","userId":"u","event":"n","timestamp":"2026-11-24T12:00:00Z"}""", "future_timestamp")]
    [InlineData("""{"type":"track","userId":"u","event":"Order Completed"}""", "missing_name")]
    [InlineData("""{"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":"o"}}""", "no_lines")]
    [InlineData("""{"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":"o","products":[{"product_id":"a","price":-1}]}}""", "invalid_amount")]
    [InlineData("""{"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":"o","products":[{"product_id":"a","quantity":0}]}}""", "invalid_quantity")]
    [InlineData("""{"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":"o","products":[{"product_id":"a","quantity":2000000000,"price":1e9}]}}""", "invalid_amount")]
    [InlineData("""{"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":"o","currency":"EURO","products":[{"product_id":"a"}]}}""", "invalid_currency")]
    public void A_message_that_breaks_a_rule_is_refused_by_the_rules_name(string json, string reason)
    {
        var (_, read, refusal) = Read(json);

        Assert.Null(read);
        Assert.Equal(reason, refusal!.Reason);
    }

    private static ClickstreamEvent Click(string json) => (ClickstreamEvent)Read(json).Event!;

    private static (Guid Id, ProducedEvent? Event, Refusal? Refusal) Read(string json) =>
        SegmentReader.Read(JsonDocument.Parse(json).RootElement, new(Now, null, Tenant: 1));
}
