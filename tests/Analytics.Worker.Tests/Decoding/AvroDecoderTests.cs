using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Testing;
using Analytics.Worker.Decoding;

namespace Analytics.Worker.Tests.Decoding;

public sealed class AvroDecoderTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    private static readonly ClickstreamEvent Click = new()
    {
        EventId = Id,
        TenantId = 4,
        Name = "product_view",
        UserId = "u1",
        CreatedAt = Noon,
        Country = "DE",
        Url = "/p/1",
        ProductId = "p1",
        Properties = new Dictionary<string, string> { ["k"] = "v" },
    };

    private static readonly OrderEvent Order = new()
    {
        EventId = Id,
        TenantId = 4,
        OrderId = "o1",
        UserId = "u1",
        Status = OrderStatus.Refunded,
        Currency = "EUR",
        CreatedAt = Noon,
        SentAt = Noon.AddSeconds(1),
        Lines = [new("p1", 2, 500, 100), new("p2", 1, 999)],
    };

    private static readonly StockEvent Stock = new() { EventId = Id, TenantId = 4, ProductId = "p1", Stock = 12, CreatedAt = Noon, Title = "A lamp" };

    private readonly DecoderBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_click_fills_its_columns()
    {
        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks), DecoderBench.Record(1, Click));
        var columns = batch.Columns;
        Assert.Equal((Verdict.Accepted, 1), (columns.Verdicts[0], columns.SchemaIds[0]));
        Assert.Equal((0x0011223344556677ul, 0x8899aabbccddeefful), (columns.EventId.High[0], columns.EventId.Low[0]));
        Assert.Equal((4, Noon.ToUnixTimeMilliseconds(), LongColumn.Absent), (columns.Tenant.Values[0], columns.Created.Values[0], columns.Sent.Values[0]));
        Assert.Equal(("product_view", "DE", "p1", ""), (Word(columns.Name), Word(columns.Country), Word(columns.Product), Word(columns.Device)));
        Assert.Equal(("u1", "/p/1", null), (Text(columns.User), Text(columns.Url), Text(columns.Referrer)));
        var pairs = new TextPairs(columns.Properties.Of(0, batch.Raw.Bytes));
        Assert.True(pairs.Next(out var key, out var value));
        Assert.Equal("kv"u8, [.. key, .. value]);
        Assert.False(pairs.Next(out _, out _));
        Assert.Equal((LongColumn.Absent, 0, -1), (columns.Stock.Values[0], columns.Lines.Count[0], columns.OrderId.Length[0]));

        string Word(WordColumn column) => DecoderBench.Word(batch, column, 0);
        string? Text(SpanColumn column) => DecoderBench.Text(batch, column, 0);
    }

    [Fact]
    public async Task An_order_has_its_lines_and_is_named_by_its_status()
    {
        var records = new[] { OrderStatus.Placed, OrderStatus.Cancelled, OrderStatus.Refunded }.Select(status => DecoderBench.Record(2, Order with { Status = status })).ToArray();
        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Orders), records);
        var columns = batch.Columns;
        Assert.Equal(["order_placed", "order_cancelled", "order_refunded"], Enumerable.Range(0, 3).Select(row => DecoderBench.Word(batch, columns.Name, row)));
        Assert.Equal(("o1", "EUR", 2L), (DecoderBench.Text(batch, columns.OrderId, 2), DecoderBench.Word(batch, columns.Currency, 2), columns.OrderStatus.Values[2]));
        Assert.Equal(2, columns.Lines.Count[2]);
        var first = columns.Lines.Start[2];
        Assert.Equal(("p1", 2, 500, 100), (DecoderBench.Word(batch, columns.LineProduct, first), columns.LineQuantity.Values[first], columns.LineUnitPrice.Values[first], columns.LineDiscount.Values[first]));
        Assert.Equal(("p2", 1, 999, 0), (DecoderBench.Word(batch, columns.LineProduct, first + 1), columns.LineQuantity.Values[first + 1], columns.LineUnitPrice.Values[first + 1], columns.LineDiscount.Values[first + 1]));
    }

    [Fact]
    public async Task A_stock_level_is_named_so()
    {
        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Stock), DecoderBench.Record(3, Stock));
        var columns = batch.Columns;
        Assert.Equal(("stock_level", "p1", 12L, "A lamp"), (DecoderBench.Word(batch, columns.Name, 0), DecoderBench.Word(batch, columns.Product, 0), columns.Stock.Values[0], DecoderBench.Text(batch, columns.Title, 0)));
        Assert.Equal((LongColumn.Absent, double.NaN, 0), (columns.Images.Values[0], columns.Rating.Values[0], columns.Country.Ids[0]));
    }

    public static TheoryData<string, byte[]?, Verdict, bool> Bad
    {
        get
        {
            var click = DecoderBench.Record(1, Click);
            return new()
            {
                { "no value", null, Verdict.Filtered, false },
                { "an empty value", [], Verdict.TooShort, false },
                { "four bytes", [0, 0, 0, 0], Verdict.TooShort, false },
                { "another first byte", [1, 0, 0, 0, 1, 5], Verdict.BadMagicByte, false },
                { "JSON", "{}"u8.ToArray(), Verdict.BadMagicByte, false },
                { "an id that the registry does not know", DecoderBench.Framed(99, 1, 2, 3), Verdict.UnknownSchema, false },
                { "the schema of another topic", DecoderBench.Record(2, Order), Verdict.IncompatibleSchema, false },
                { "more than the limit", [.. click, .. new byte[5000]], Verdict.Oversized, false },
                { "a header without a record", click[..5], Verdict.Truncated, false },
                { "cut off before the id ends", click[..20], Verdict.Truncated, false },
                { "cut off after the id", click[..40], Verdict.Truncated, true },
                { "a byte too many", [.. click, 0], Verdict.TrailingBytes, true },
                { "a user that is not UTF-8", Damaged(click, "u1"u8, 0xFF), Verdict.InvalidUtf8, true },
                { "a branch that the union does not have", Damaged(click, [4, (byte)'D', (byte)'E'], -1, 8), Verdict.Corrupt, true },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_record_has_its_verdict_and_leaves_no_trace_in_its_row(string what, byte[]? record, Verdict expected, bool hasId)
    {
        Assert.NotEmpty(what);
        var click = DecoderBench.Record(1, Click);
        var chunk = DecoderBench.Chunk(DecoderBench.Clicks);

        // The batch is used before, so that its rows hold old values.
        var used = await _bench.DecodeAsync(chunk, click, click, click);
        _bench.Decoder.Return(used);
        var batch = await _bench.DecodeAsync(chunk, click, record, click);

        Assert.Same(used, batch);
        Assert.Equal([Verdict.Accepted, expected, Verdict.Accepted], batch.Columns.Verdicts.Take(3));
        Assert.Equal(hasId ? 0x0011223344556677ul : 0, batch.Columns.EventId.High[1]);
        AssertAbsent(batch.Columns, 1);
        Assert.Equal("u1", DecoderBench.Text(batch, batch.Columns.User, 2));
    }

    [Fact]
    public async Task An_order_that_breaks_in_its_lines_has_none()
    {
        var record = DecoderBench.Record(2, Order);
        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Orders), record[..^6]);
        Assert.Equal((Verdict.Truncated, 0, 0), (batch.Columns.Verdicts[0], batch.Columns.Lines.Count[0], batch.Columns.Name.Ids[0]));
    }

    [Fact]
    public async Task Records_of_several_schemas_stand_in_one_batch()
    {
        // An older producer: no optional fields at all, and one that we dropped.
        _bench.Registry.Add(17, """
            {"type":"record","name":"ClickstreamEvent","namespace":"shop","fields":[
              {"name":"user_id","type":"string"},{"name":"mood","type":["null",{"type":"enum","name":"Mood","symbols":["GOOD","BAD"]}]},
              {"name":"name","type":"string"},{"name":"tenant_id","type":"int"},{"name":"created_at","type":"long"},
              {"name":"event_id","type":{"type":"fixed","name":"EventId","size":16}}]}
            """);
        var old = new AvroWriter();
        WireFormat.Begin(old, 17);
        old.String("u9");
        old.Branch(1);
        old.Int(1);
        old.String("search");
        old.Int(8);
        old.Long(1_700_000_000_000);
        old.Fixed16(1, 2);
        var click = DecoderBench.Record(1, Click);

        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks), click, old.Written.ToArray(), click);

        var columns = batch.Columns;
        Assert.Equal([Verdict.Accepted, Verdict.Accepted, Verdict.Accepted], columns.Verdicts.Take(3));
        Assert.Equal([1, 17, 1], columns.SchemaIds.Take(3));
        Assert.Equal(("u9", "search", 8L, 2ul), (DecoderBench.Text(batch, columns.User, 1), DecoderBench.Word(batch, columns.Name, 1), columns.Tenant.Values[1], columns.EventId.Low[1]));
        Assert.Equal((0, -1, 0), (columns.Country.Ids[1], columns.Url.Length[1], columns.Properties.Length[1]));
    }

    [Fact]
    public async Task What_another_topic_has_stays_absent_in_a_reused_and_grown_batch()
    {
        var chunk = DecoderBench.Chunk(DecoderBench.Stock);
        var one = DecoderBench.Record(3, Stock);
        var first = await _bench.DecodeAsync(chunk, one);

        // The next step writes the normal form of the country even where there is none.
        first.Columns.Country.Ids[0] = 1;
        _bench.Decoder.Return(first);
        var again = await _bench.DecodeAsync(chunk, [.. Enumerable.Repeat(one, 3000)]);

        Assert.Same(first, again);
        Assert.All(Enumerable.Range(0, 3000), row => Assert.Equal((0, -1, -1), (again.Columns.Country.Ids[row], again.Columns.User.Length[row], again.Columns.Url.Length[row])));
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(404, "<html>the proxy's own page</html>")]
    public async Task A_registry_in_trouble_is_waited_for_and_is_no_verdict(int status, string body)
    {
        _bench.Registry.Fail(status, body);
        var decoding = _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks), DecoderBench.Record(1, Click), DecoderBench.Framed(99));
        await Eventually.HoldsAsync("the registry is asked again", () => _bench.Registry.Asked.Count > 2);
        Assert.False(decoding.IsCompleted);

        _bench.Registry.Recover();
        Assert.Equal([Verdict.Accepted, Verdict.UnknownSchema], (await decoding).Columns.Verdicts.Take(2));
    }

    [Fact]
    public async Task A_lost_chunk_waits_for_nothing()
    {
        using var lost = new CancellationTokenSource();
        _bench.Registry.Fail(503, "");
        var decoding = _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks, lost.Token), DecoderBench.Record(1, Click), DecoderBench.Record(1, Click));
        await lost.CancelAsync();

        var batch = await decoding.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal([Verdict.Filtered, Verdict.Filtered], batch.Columns.Verdicts.Take(2));
        AssertAbsent(batch.Columns, 0);
    }

    [Fact]
    public async Task The_end_of_the_graph_ends_the_wait()
    {
        using var ended = new CancellationTokenSource();
        _bench.Registry.Fail(503, "");
        var batch = DecoderBench.Batch(DecoderBench.Chunk(DecoderBench.Clicks), DecoderBench.Record(1, Click));
        var decoding = _bench.Decoder.ApplyAsync(batch, ended.Token).AsTask();
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoding.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task What_the_registry_does_not_know_stays_unknown_for_the_chunk_and_no_longer()
    {
        var chunk = DecoderBench.Chunk(DecoderBench.Clicks);
        byte[] record = [0, 0, 0, 0, 50, .. DecoderBench.Record(1, Click)[5..]];
        var before = await _bench.DecodeAsync(chunk, record, record);
        _bench.Registry.Add(50, Analytics.Storage.Registry.EventSchemas.TextOf(DecoderBench.Clicks));
        var same = await _bench.DecodeAsync(chunk, record);
        var next = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks), record);

        Assert.Equal([Verdict.UnknownSchema, Verdict.UnknownSchema], before.Columns.Verdicts.Take(2));
        Assert.Equal((Verdict.UnknownSchema, Verdict.Accepted), (same.Columns.Verdicts[0], next.Columns.Verdicts[0]));
        Assert.Equal(2, _bench.Registry.Asked.Count(one => one == "GET /schemas/ids/50"));
    }

    [Theory]
    [InlineData("""{"schema":"syntax = \"proto3\";","schemaType":"PROTOBUF"}""")]
    [InlineData("""{"schema":"{\"type\":\"record\"}"}""")]
    [InlineData("""{"schema":"\"string\""}""")]
    public async Task A_schema_that_is_not_one_of_ours_is_incompatible(string reply)
    {
        _bench.Registry.Answer("GET /schemas/ids/60", 200, reply);
        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks), DecoderBench.Framed(60, 1, 2, 3));
        Assert.Equal((Verdict.IncompatibleSchema, 60), (batch.Columns.Verdicts[0], batch.Columns.SchemaIds[0]));
    }

    [Fact]
    public async Task A_batch_without_records_passes()
    {
        var batch = await _bench.DecodeAsync(DecoderBench.Chunk(DecoderBench.Clicks));
        Assert.Equal(0, batch.Raw.Count);
        Assert.Empty(_bench.Registry.Asked);
    }

    [Fact]
    public async Task A_topic_without_a_layout_is_a_fault_of_the_program() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.DecodeAsync(DecoderBench.Chunk("other"), []));

    [Fact]
    public async Task Decoding_allocates_nothing_in_steady_state()
    {
        var chunk = DecoderBench.Chunk(DecoderBench.Orders);
        var raw = DecoderBench.Batch(chunk, [.. Enumerable.Range(0, 2000).Select(i => DecoderBench.Record(2, Order with { UserId = "u" + i }))]);
        for (var i = 0; i < 3; i++)
        {
            _bench.Decoder.Return(await _bench.Decoder.ApplyAsync(raw, CancellationToken.None));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var decoding = _bench.Decoder.ApplyAsync(raw, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(decoding.IsCompletedSuccessfully);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Random_bytes_never_throw()
    {
        var random = new Random(5);
        foreach (var (topic, id) in new[] { (DecoderBench.Clicks, 1), (DecoderBench.Orders, 2), (DecoderBench.Stock, 3) })
        {
            var records = Enumerable.Range(0, 10_000).Select(_ =>
            {
                var record = new byte[random.Next(120)];
                random.NextBytes(record);
                record.AsSpan().Slice(0, Math.Min(record.Length, 4)).Clear();
                if (record.Length > 4)
                {
                    record[4] = (byte)id;
                }

                return record;
            }).ToArray();
            var batch = await _bench.DecodeAsync(DecoderBench.Chunk(topic), records);
            Assert.Equal(10_000, batch.Columns.Verdicts.Take(10_000).Count(verdict => verdict == Verdict.Accepted || verdict.IsRejection()));
        }
    }

    private static void AssertAbsent(EventColumns columns, int row)
    {
        foreach (var column in columns.OfRecords().Where(column => column != columns.EventId))
        {
            switch (column)
            {
                case LongColumn longs:
                    Assert.Equal(LongColumn.Absent, longs.Values[row]);
                    break;
                case SpanColumn spans:
                    Assert.Equal(-1, spans.Length[row]);
                    break;
                case WordColumn words:
                    Assert.Equal(0, words.Ids[row]);
                    break;
                case DoubleColumn doubles:
                    Assert.Equal(double.NaN, doubles.Values[row]);
                    break;
                default:
                    Assert.Equal(0, ((RowsColumn)column).Count[row]);
                    break;
            }
        }
    }

    // Overwrites the last byte of a known stretch, or the one before it.
    private static byte[] Damaged(byte[] record, ReadOnlySpan<byte> known, int at, int value = -1)
    {
        var damaged = record.ToArray();
        var found = record.AsSpan().IndexOf(known);
        damaged[at < 0 ? found + at : found] = (byte)(value >= 0 ? value : at);
        return damaged;
    }
}
