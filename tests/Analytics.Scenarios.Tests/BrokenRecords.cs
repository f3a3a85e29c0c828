using static Analytics.Scenarios.Tests.RecordFields;

namespace Analytics.Scenarios.Tests;

/// <summary>A record that must not be counted.</summary>
/// <param name="How">What is wrong with it.</param>
/// <param name="Topic">Where it is sent.</param>
/// <param name="Reason">The reason under which it must stand in the inbox.</param>
/// <param name="Record">Its bytes.</param>
internal sealed record BrokenRecord(string How, string Topic, string Reason, byte[] Record);

/// <summary>A hundred records, each broken in a way of its own.</summary>
internal sealed class BrokenRecords(int clickSchema, int orderSchema, int stockSchema, int foreignSchema, int textSchema, DateTimeOffset now)
{
    private const string Clicks = "clickstream-events";
    private const string Orders = "order-events";
    private const string Stock = "inventory-events";

    private readonly long _now = now.ToUnixTimeMilliseconds();
    private ulong _ids;

    /// <summary>All of them.</summary>
    public IReadOnlyList<BrokenRecord> All() => [.. Frames(), .. Cuts(), .. BrokenAvro(), .. BrokenText(), .. BrokenClicks(), .. BrokenOrders(), .. BrokenStock()];

    /// <summary>A click that is right, field by field.</summary>
    public RecordFields Click() => new(
        clickSchema,
        Bytes(writer => writer.Fixed16(1, ++_ids)), Number(7), Letters(4), Letters(5), [0], Number(_now), [0], [0],
        [0], [0], [0], [0], [0], [0], [0], [0], [0]);

    /// <summary>An order that is right.</summary>
    public RecordFields Order() => new(
        orderSchema,
        Bytes(writer => writer.Fixed16(2, ++_ids)), Number(7), Letters(4), Letters(5), [0], Number(0), Bytes(writer => writer.String("USD")),
        Number(_now), [0], [0], [0], [0], [0], [0], [0], [0], Line(), [0]);

    /// <summary>A stock level that is right.</summary>
    public RecordFields Level() => new(
        stockSchema,
        Bytes(writer => writer.Fixed16(3, ++_ids)), Number(7), Letters(4), Number(12), Number(_now), [0], [0], [0], [0], [0], [0], [0], [0], [0]);

    private IEnumerable<BrokenRecord> Frames()
    {
        foreach (var length in Enumerable.Range(0, 5))
        {
            yield return new($"{length} bytes", Clicks, "too_short", new byte[length]);
        }

        foreach (var first in new byte[] { 1, 2, 0x7F, 0xFF, (byte)'{', (byte)'O' })
        {
            var record = Click().Whole();
            record[0] = first;
            yield return new($"first byte {first:x2}", Clicks, "bad_magic_byte", record);
        }

        foreach (var id in new[] { 0, 999_999, int.MaxValue, -1, int.MinValue })
        {
            yield return new($"schema id {id}", Clicks, "unknown_schema", Frame(id, Click().Whole()[5..]));
        }

        yield return new("an order in the topic of clicks", Clicks, "incompatible_schema", Order().Whole());
        yield return new("a record of another kind", Clicks, "incompatible_schema", Frame(foreignSchema, [2]));
        yield return new("a bare string", Clicks, "incompatible_schema", Frame(textSchema, Letters(3)));
        yield return new("a click in the topic of orders", Orders, "incompatible_schema", Click().Whole());
        yield return new("a click in the topic of stock levels", Stock, "incompatible_schema", Click().Whole());
        yield return new("larger than 1 MiB", Clicks, "oversized", Click().With(8, OptionalLetters((1 << 20) + 1)));
    }

    private IEnumerable<BrokenRecord> Cuts()
    {
        foreach (var left in new[] { 5, 6, 12, 20, 21, 22, 24, 27, 28, 32 })
        {
            yield return new($"a click cut after {left} bytes", Clicks, "truncated", Click().Whole()[..left]);
        }

        var click = Click().Whole();
        yield return new("a click without its last byte", Clicks, "truncated", click[..^1]);
        foreach (var left in new[] { 5, 21, 30, 40 })
        {
            yield return new($"an order cut after {left} bytes", Orders, "truncated", Order().Whole()[..left]);
        }

        yield return new("an order without its last byte", Orders, "truncated", Order().Whole()[..^1]);
        yield return new("a stock level cut after 25 bytes", Stock, "truncated", Level().Whole()[..25]);
        yield return new("a byte too many", Clicks, "trailing_bytes", [.. Click().Whole(), 0]);
        yield return new("a hundred bytes too many", Clicks, "trailing_bytes", [.. Click().Whole(), .. new byte[100]]);
        yield return new("two records in one", Orders, "trailing_bytes", [.. Order().Whole(), .. Order().Whole()]);
        yield return new("a stock level and a byte", Stock, "trailing_bytes", [.. Level().Whole(), 7]);
    }

    private IEnumerable<BrokenRecord> BrokenAvro()
    {
        yield return new("a string of length -1", Clicks, "corrupt", Click().With(2, Number(-1)));
        yield return new("a string of length of -2^62", Clicks, "corrupt", Click().With(3, Number(-(1L << 62))));
        yield return new("a string said to be 2^31 bytes", Clicks, "truncated", Click().With(2, Number(1L << 31)));
        yield return new("a string said to be 2^62 bytes", Clicks, "truncated", Click().With(3, Number(1L << 62)));
        yield return new("branch 2 of two", Clicks, "corrupt", Click().With(4, Number(2)));
        yield return new("branch -1", Clicks, "corrupt", Click().With(8, Number(-1)));
        yield return new("branch 2^40", Clicks, "corrupt", Click().With(15, Number(1L << 40)));
        yield return new("a number of 11 bytes", Clicks, "corrupt", Click().With(5, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]));
        yield return new("symbol 3 of three", Orders, "corrupt", Order().With(5, Number(3)));
        yield return new("symbol -1", Orders, "corrupt", Order().With(5, Number(-1)));
        yield return new("2^40 order lines", Orders, "too_many_items", Order().With(16, Number(1L << 40)));
        yield return new("2^40 properties", Clicks, "too_many_items", Click().With(16, Number(1L << 40)));
        yield return new("65 properties", Clicks, "too_many_items", Click().With(16, Properties(65)));
        yield return new("1,001 order lines", Orders, "too_many_items", Order().With(16, Lines(1_001)));
        yield return new("a quantity that is no int", Orders, "corrupt", Order().With(16, [2, 2, (byte)'p', .. Number(1L << 40), 2, 0, 0]));
    }

    private IEnumerable<BrokenRecord> BrokenText()
    {
        yield return new("a lone FF", Clicks, "invalid_utf8", Click().With(2, Text(0x61, 0xFF)));
        yield return new("an overlong slash", Clicks, "invalid_utf8", Click().With(3, Text(0xC0, 0xAF)));
        yield return new("a surrogate", Clicks, "invalid_utf8", Click().With(3, Text(0xED, 0xA0, 0x80)));
        yield return new("half a letter", Clicks, "invalid_utf8", Click().With(3, Text(0x61, 0xE2, 0x82)));
        yield return new("beyond the last letter", Orders, "invalid_utf8", Order().With(2, Text(0xF4, 0x90, 0x80, 0x80)));
        yield return new("a property that is no text", Clicks, "invalid_utf8", Click().With(16, [2, 2, (byte)'k', 2, 0x80, 0]));
    }

    private IEnumerable<BrokenRecord> BrokenClicks()
    {
        yield return new("an id of zeros", Clicks, "missing_event_id", Click().With(0, new byte[16]));
        yield return new("tenant 0", Clicks, "missing_tenant", Click().With(1, Number(0)));
        yield return new("tenant -1", Clicks, "missing_tenant", Click().With(1, Number(-1)));
        yield return new("the lowest tenant", Clicks, "missing_tenant", Click().With(1, Number(long.MinValue)));
        yield return new("no name", Clicks, "missing_name", Click().With(2, [0]));
        yield return new("no user", Clicks, "missing_user", Click().With(3, [0]));
        yield return new("a name of 129 bytes", Clicks, "text_too_long", Click().With(2, Letters(129)));
        yield return new("a user of 257 bytes", Clicks, "text_too_long", Click().With(3, Letters(257)));
        yield return new("a session of 257 bytes", Clicks, "text_too_long", Click().With(4, OptionalLetters(257)));
        yield return new("a page of 2,049 bytes", Clicks, "text_too_long", Click().With(8, OptionalLetters(2_049)));
        yield return new("an address of 65 bytes", Clicks, "text_too_long", Click().With(10, OptionalLetters(65)));
        yield return new("a product of 129 bytes", Clicks, "text_too_long", Click().With(15, OptionalLetters(129)));
        yield return new("the year 1970", Clicks, "invalid_time", Click().With(5, Number(0)));
        yield return new("before 1970", Clicks, "invalid_time", Click().With(5, Number(-1)));
        yield return new("the year 9999", Clicks, "invalid_time", Click().With(5, Number(253_402_300_799_000)));
        yield return new("the end of time", Clicks, "invalid_time", Click().With(5, Number(long.MaxValue)));
        yield return new("25 hours ahead", Clicks, "future_timestamp", Click().With(5, Number(_now + 25 * 3_600_000L)));
        yield return new("10 years ahead", Clicks, "future_timestamp", Click().With(5, Number(_now + 3_650 * 86_400_000L)));
        yield return new("8 days old", Clicks, "too_old", Click().With(5, Number(_now - 8 * 86_400_000L)));
        yield return new("30 years old", Clicks, "too_old", Click().With(5, Number(_now - 10_950 * 86_400_000L)));
    }

    private IEnumerable<BrokenRecord> BrokenOrders()
    {
        yield return new("an order of tenant 0", Orders, "missing_tenant", Order().With(1, Number(0)));
        yield return new("no order number", Orders, "missing_name", Order().With(2, [0]));
        yield return new("no customer", Orders, "missing_user", Order().With(3, [0]));
        yield return new("no currency", Orders, "invalid_currency", Order().With(6, [0]));
        yield return new("a currency of two letters", Orders, "invalid_currency", Order().With(6, Letters(2)));
        yield return new("a currency of digits", Orders, "invalid_currency", Order().With(6, Bytes(writer => writer.String("840"))));
        yield return new("no lines", Orders, "no_lines", Order().With(16, [0]));
        yield return new("quantity 0", Orders, "invalid_quantity", Order().With(16, Line(quantity: 0)));
        yield return new("quantity -1", Orders, "invalid_quantity", Order().With(16, Line(quantity: -1)));
        yield return new("a price below 0", Orders, "invalid_amount", Order().With(16, Line(price: -1)));
        yield return new("a discount below 0", Orders, "invalid_amount", Order().With(16, Line(discount: -1)));
        yield return new("a discount above its line", Orders, "invalid_amount", Order().With(16, Line(discount: 101)));
        yield return new("an amount that does not fit", Orders, "invalid_amount", Order().With(16, Line(quantity: int.MaxValue, price: long.MaxValue)));
        yield return new("a line without product", Orders, "missing_name", Order().With(16, Line(product: "")));
        yield return new("an order of tomorrow's tomorrow", Orders, "future_timestamp", Order().With(7, Number(_now + 2 * 86_400_000L)));
    }

    private IEnumerable<BrokenRecord> BrokenStock()
    {
        yield return new("stock of tenant -7", Stock, "missing_tenant", Level().With(1, Number(-7)));
        yield return new("stock of no product", Stock, "missing_name", Level().With(2, [0]));
        yield return new("a stock below 0", Stock, "invalid_quantity", Level().With(3, Number(-1)));
        yield return new("an asking price below 0", Stock, "invalid_amount", Level().With(11, Bytes(writer => writer.OptionalLong(-1))));
        yield return new("a stock level of next week", Stock, "future_timestamp", Level().With(4, Number(_now + 7 * 86_400_000L)));
    }

    private static byte[] Properties(int count) => Bytes(writer =>
    {
        writer.Block(count);
        for (var i = 0; i < count; i++)
        {
            writer.String($"k{i}");
            writer.String("v");
        }

        writer.EndBlocks();
    });

    private static byte[] Lines(int count) => Bytes(writer =>
    {
        writer.Block(count);
        for (var i = 0; i < count; i++)
        {
            writer.String("P-1");
            writer.Int(1);
            writer.Long(1);
            writer.Long(0);
        }

        writer.EndBlocks();
    });
}
