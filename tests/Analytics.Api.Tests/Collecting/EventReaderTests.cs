using System.Globalization;
using System.Text.Json;
using Analytics.Api.Collecting;
using Analytics.Core.Events;

namespace Analytics.Api.Tests.Collecting;

public sealed class EventReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"tenant_id":1,"name":"page_view"}""", "missing_user")]
    [InlineData("""{"tenant_id":1,"user_id":"u"}""", "missing_name")]
    [InlineData("""{"tenant_id":1,"name":"","user_id":"u"}""", "missing_name")]
    [InlineData("""{"name":"page_view","user_id":"u"}""", "missing_tenant")]
    [InlineData("""{"tenant_id":-1,"name":"page_view","user_id":"u"}""", "missing_tenant")]
    [InlineData("""{"event_id":"00000000-0000-0000-0000-000000000000","tenant_id":1,"name":"n","user_id":"u"}""", "missing_event_id")]
    [InlineData("""{"event_id":"","tenant_id":1,"name":"n","user_id":"u"}""", "missing_event_id")]
    [InlineData("""{"type":"visit","tenant_id":1,"name":"n","user_id":"u"}""", "corrupt")]
    [InlineData("""{"tenant_id":"one","name":"n","user_id":"u"}""", "corrupt")]
    [InlineData("""{"tenant_id":1,"name":["n"],"user_id":"u"}""", "corrupt")]
    [InlineData("""{"tenant_id":1,"name":"\ud800","user_id":"u"}""", "invalid_utf8")]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u","created_at":"yesterday"}""", "invalid_time")]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u","created_at":"2026-11-22T12:00:00"}""", "invalid_time")]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u","created_at":1790000000}""", "invalid_time")]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u","created_at":"2026-11-23T12:00:01Z"}""", "future_timestamp")]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u","properties":[1]}""", "corrupt")]
    [InlineData("""{"type":"order","tenant_id":1,"user_id":"u","currency":"USD","lines":[{"product_id":"p","quantity":1,"unit_price":1}]}""", "missing_name")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"US","lines":[{"product_id":"p","quantity":1,"unit_price":1}]}""", "invalid_currency")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD"}""", "no_lines")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD","status":"lost","lines":[{"product_id":"p","quantity":1,"unit_price":1}]}""", "corrupt")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD","lines":[{"product_id":"p","quantity":0,"unit_price":1}]}""", "invalid_quantity")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD","lines":[{"product_id":"p","quantity":1,"unit_price":-1}]}""", "invalid_amount")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD","lines":[{"product_id":"p","quantity":1,"unit_price":5,"discount":6}]}""", "invalid_amount")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD","lines":[{"product_id":"p","quantity":2000000000,"unit_price":9000000000}]}""", "invalid_amount")]
    [InlineData("""{"type":"order","tenant_id":1,"order_id":"o","user_id":"u","currency":"USD","lines":[{"quantity":1,"unit_price":1}]}""", "missing_name")]
    [InlineData("""{"type":"stock","tenant_id":1,"product_id":"p","stock":-1}""", "invalid_quantity")]
    [InlineData("""{"type":"stock","tenant_id":1,"stock":1}""", "missing_name")]
    [InlineData("""{"type":"stock","tenant_id":1,"product_id":"p","stock":1,"price":5}""", "invalid_currency")]
    public void An_event_that_breaks_a_rule_is_refused_by_the_rules_name(string json, string reason)
    {
        var (_, read, refusal) = Read(json);

        Assert.Null(read);
        Assert.Equal(reason, refusal!.Reason);
        Assert.StartsWith("Expected", refusal.Detail[(refusal.Detail.StartsWith("lines[0]: ", StringComparison.Ordinal) ? 10 : 0)..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u","sent_at":"2026-10-01T00:00:00Z"}""")]
    [InlineData("""{"tenant_id":1,"name":"n","user_id":"u"}""")]
    public void An_event_without_a_time_happened_when_it_was_sent_however_wrong_that_clock_is(string json)
    {
        var (_, read, refusal) = EventReader.Read(JsonDocument.Parse(json).RootElement, new(Now, Now.AddDays(-100)));

        Assert.Null(refusal);
        Assert.Equal(read!.SentAt, read.CreatedAt);
    }

    [Fact]
    public void Texts_beyond_their_limit_are_refused_by_bytes_and_not_by_letters()
    {
        Assert.Null(Read($$"""{"tenant_id":1,"name":"{{new string('n', 128)}}","user_id":"u"}""").Refusal);
        Assert.Equal("text_too_long", Read($$"""{"tenant_id":1,"name":"{{new string('ä', 65)}}","user_id":"u"}""").Refusal!.Reason);
    }

    [Fact]
    public void Properties_beyond_64_are_refused()
    {
        string With(int count) =>
            """{"tenant_id":1,"name":"n","user_id":"u","properties":{""" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"p{i}\":{i}")) + "}}";

        Assert.Null(Read(With(64)).Refusal);
        Assert.Equal("too_many_items", Read(With(65)).Refusal!.Reason);
    }

    [Fact]
    public void Any_text_is_an_event_id_and_always_the_same_one()
    {
        var (one, _, _) = Read("""{"event_id":"order-4711","tenant_id":1,"name":"n","user_id":"u"}""");
        var (again, _, _) = Read("""{"event_id":"order-4711","tenant_id":1,"name":"n","user_id":"u"}""");
        var (other, _, _) = Read("""{"event_id":"order-4712","tenant_id":1,"name":"n","user_id":"u"}""");
        var (given, _, _) = Read("""{"event_id":"0188d0e2-0000-7000-8000-0000000000ff","tenant_id":1,"name":"n","user_id":"u"}""");

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        Assert.Equal(Guid.Parse("0188d0e2-0000-7000-8000-0000000000ff"), given);
    }

    [Fact]
    public void What_is_missing_comes_from_the_request()
    {
        var origin = new EventOrigin(Now, Now.AddSeconds(-1), 7, "192.0.2.1", "Mozilla/5.0");
        var (_, read, _) = EventReader.Read(JsonDocument.Parse("""{"name":"page_view","user_id":42}""").RootElement, origin);
        var click = Assert.IsType<ClickstreamEvent>(read);

        Assert.Equal((7L, "42", "192.0.2.1", "Mozilla/5.0"), (click.TenantId, click.UserId, click.Ip, click.UserAgent));
        Assert.Equal((Now, Now.AddSeconds(-1), Now.AddSeconds(-1)), (click.ReceivedAt, click.CreatedAt, click.SentAt));
        Assert.NotEqual(Guid.Empty, click.EventId);
    }

    [Fact]
    public void An_order_is_read_whole()
    {
        var (_, read, refusal) = Read(
            """
            {"type":"order","tenant_id":1,"order_id":"o-1","user_id":"u","status":"REFUNDED","currency":"eur","created_at":1795348800000,
             "lines":[{"product_id":"p1","quantity":2,"unit_price":1500,"discount":100},{"product_id":"p2","quantity":1,"unit_price":0}],
             "properties":{"gift":true,"note":"hi"}}
            """);
        var order = Assert.IsType<OrderEvent>(read);

        Assert.Null(refusal);
        Assert.Equal((OrderStatus.Refunded, "EUR"), (order.Status, order.Currency));
        Assert.Equal(DateTimeOffset.Parse("2026-11-22T12:00:00Z", CultureInfo.InvariantCulture), order.CreatedAt);
        Assert.Equal([new("p1", 2, 1500, 100), new("p2", 1, 0)], order.Lines);
        Assert.Equal(("true", "hi"), (order.Properties["gift"], order.Properties["note"]));
    }

    private static (Guid Id, ProducedEvent? Event, Refusal? Refusal) Read(string json) =>
        EventReader.Read(JsonDocument.Parse(json).RootElement, new EventOrigin(Now));
}
