using System.Text;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Hosting;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Tests.Windowing;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Worker.Tests.Writing;

/// <summary>The lanes and the history writer against the real engine behind ClickHouse's HTTP interface, and the built-in broker.</summary>
public sealed class HistoryWriterTests : IAsyncLifetime
{
    private readonly WorkerMetrics _metrics = new();
    private readonly Receipts _receipts = new();
    private KafkaBroker _broker = null!;
    private ClickHouseClient _clickHouse = null!;
    private IProducer<string, byte[]> _producer = null!;

    public async Task InitializeAsync()
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        var server = await ClickHouseServer.SharedAsync();
        _broker = await KafkaBroker.StartAsync();
        _producer = DeadLetterWriter.ProducerOf(new KafkaAddress { BootstrapServers = _broker.BootstrapServers });
        _clickHouse = new ClickHouseClient(new ClickHouseOptions { Url = server.Url, Database = "history_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(_clickHouse, TimeProvider.System).ApplyAsync();
    }

    public async Task DisposeAsync()
    {
        _producer.Dispose();
        _clickHouse.Dispose();
        _metrics.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task The_ledger_says_what_was_flagged_sampled_and_folded_and_raw_events_keep_the_truth()
    {
        MadeEvent[] events =
        [
            .. Enumerable.Range(0, 50).Select(i => new MadeEvent { Id = (ulong)i + 1, User = "busy", Name = "page_view" }),
            .. Enumerable.Range(0, 9).Select(i => new MadeEvent { Id = (ulong)i + 100, User = $"u{i}", Name = $"name{i}" }),
            .. Enumerable.Range(0, 8).Select(i => new MadeEvent { Id = (ulong)i + 200, User = $"u{i}", Name = "product_view", Product = $"p{i}", Country = $"c{(char)('a' + i)}" }),
            .. Enumerable.Range(0, 90).Select(i => new MadeEvent { Id = (ulong)i + 300, User = $"d{i}", Name = "debug_log" }),
        ];
        var counting = new CountingOptions { UserEventsPerMinute = 40, NamesPerTenant = 5, ProductsPerName = 6, CountriesPerName = 7, DebugOneIn = 3 };
        await WriteAsync(3, MadeBatches.Chunk(), events, batch: 20, counting: counting);
        var row = Assert.Single(await LedgerAsync());
        Assert.Equal((157L, row.Read - row.Filtered, 10L, 3), (row.Read, row.Accepted, row.Flagged, row.DebugOneIn));
        Assert.InRange(row.Filtered, 45, 75);

        // The budget of five names is used up when debug_log comes, so what is left of it is folded as well.
        Assert.Equal(new Dictionary<string, long> { ["name"] = 4 + 90 - row.Filtered, ["product"] = 2, ["country"] = 1 }, row.Folded);
        Assert.Equal((row.Accepted, 10L), await PairAsync("SELECT sum(events), sumIf(events, is_bot = 1) FROM cells FINAL"));
        Assert.Equal((row.Folded["name"], 1L), await PairAsync("SELECT sumIf(events, name = '__other__'), sumIf(events, country = '__other__') FROM cells FINAL"));
        Assert.Equal((2L, 8L), await PairAsync("SELECT sumIf(events, product_id = '__other__'), sum(events) FROM product_cells FINAL"));
        Assert.Equal((10L, 10L), await PairAsync("SELECT countIf(bot_rule = 'rate'), countIf(is_bot = 1) FROM events FINAL"));
        Assert.Equal((0L, 9L), await PairAsync("SELECT countIf(name = '__other__'), countIf(startsWith(name, 'name')) FROM events FINAL"));
    }

    [Fact]
    public async Task A_sealed_chunk_stands_in_every_table_and_in_the_ledger_before_its_receipt()
    {
        var orders = RandomEvents.Orders(1, 300);
        var chunk = MadeBatches.Chunk(Topics.Orders);
        await WriteAsync(3, chunk, orders);
        Assert.Equal([(chunk, 299L, true)], _receipts.Heard);
        var placed = orders.Where(order => order.OrderStatus == 0).ToArray();
        var revenue = placed.Sum(Revenue);
        Assert.Equal((placed.Length, revenue), await PairAsync("SELECT sum(events), sum(revenue) FROM cells FINAL WHERE name = 'order_placed'"));
        Assert.Equal((300, orders.Sum(Revenue)), await PairAsync("SELECT count(), sum(revenue) FROM events FINAL"));
        Assert.Equal((orders.Sum(order => order.Lines.Length), revenue), await PairAsync("SELECT count(), sumIf(revenue, status = 'placed') FROM order_lines FINAL"));
        Assert.Equal(
            (orders.Select(order => (order.Tenant, order.User)).Distinct().Count(), orders.Select(order => order.Tenant).Distinct().Count()),
            await PairAsync("SELECT sum(users), count() FROM (SELECT tenant, uniqCombined64Merge(17)(users) AS users FROM uniques GROUP BY tenant)"));
        var row = Assert.Single(await LedgerAsync());
        Assert.Equal((chunk.Id, 299L, true, 300L, 300L, revenue), (row.Chunk, row.LastOffset, row.IsSealed, row.Read, row.Accepted, row.Revenue));
        Assert.Equal(orders.Min(order => order.Created), row.MinEventTime);
        Assert.Empty(LedgerCheck.Of([row]).Faults);
    }

    [Fact]
    public async Task The_ledger_says_how_many_offsets_hold_no_record()
    {
        using var lanes = new MadeLanes(2);
        using var writer = WriterOf(lanes.Count, _clickHouse);
        await SendAsync(writer, lanes.Send(MadeBatches.Chunk(), 0, [new MadeEvent()], Flush.Seal, skipped: 3));
        await writer.CompleteAsync(default);
        Assert.Equal((1L, 3L), await PairAsync("SELECT read, skipped FROM ledger FINAL"));
        Assert.Equal(3L, Assert.Single(await LedgerAsync()).Skipped);
    }

    [Fact]
    public async Task A_replay_with_other_lanes_and_flushes_changes_nothing()
    {
        var clicks = RandomEvents.Clicks(2, 2_000);
        await WriteAsync(1, MadeBatches.Chunk(), clicks, batch: 333);
        var before = await FingerprintAsync();
        await WriteAsync(4, MadeBatches.Chunk(), clicks, batch: 100);
        await WriteAsync(2, MadeBatches.Chunk(), clicks, batch: 700, stopAfter: 900);
        Assert.Equal(before, await FingerprintAsync());
        var row = Assert.Single(await LedgerAsync());
        Assert.Equal((1_999L, true, 2_000L), (row.LastOffset, row.IsSealed, row.Read));
        Assert.Equal(clicks.Select(click => click.Id).Distinct().Count(), row.Accepted);
        Assert.Equal(2_000 - row.Accepted, row.Duplicate);
    }

    [Fact]
    public async Task A_rejected_record_stands_in_the_inbox_and_in_the_dead_letter_topic()
    {
        await WriteAsync(2, MadeBatches.Chunk(), [new MadeEvent { Id = 1 }, new MadeEvent { Id = 2, User = "", Referrer = "https://r.example/" }, new MadeEvent { Id = 3, Tenant = -9 }]);
        var rows = await _clickHouse.QueryAsync(
            "SELECT kafka_offset, reason, error, tenant, record FROM rejected ORDER BY kafka_offset",
            row => (row[0].GetInt64(), row[1].GetString(), row[2].GetString(), row[3].GetInt64(), row[4].GetString()));
        Assert.Equal((1L, "missing_user", "Expected a user_id, found an empty one.", 4L, "https://r.example/"), rows[0]);
        Assert.Equal((2L, "missing_tenant", "Expected tenant_id of 1 or more, found -9.", 0L, "anna"), rows[1]);
        var letters = ReadDeadLetters(2);
        Assert.Equal(["clickstream-events/2/1", "clickstream-events/2/2"], letters.Select(letter => letter.Message.Key).Order());
        var headers = letters.Single(letter => letter.Message.Key == "clickstream-events/2/1").Message.Headers
            .ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()));
        Assert.Equal("missing_user", headers["reason"]);
        Assert.Equal("1", headers["offset"]);
        var ledger = Assert.Single(await LedgerAsync());
        Assert.Equal(new Dictionary<string, long> { ["missing_user"] = 1, ["missing_tenant"] = 1 }, ledger.Rejected);
    }

    [Fact]
    public async Task Every_field_of_an_event_can_be_read_back()
    {
        // Two pairs in one block of an Avro map: {"color": "red", "size": "ü"}.
        byte[] properties = [4, 10, .. "color"u8, 6, .. "red"u8, 8, .. "size"u8, 4, .. "ü"u8, 0];
        await WriteAsync(1, MadeBatches.Chunk(), [new MadeEvent
        {
            Session = "s1", Sent = MadeEvent.Noon + 1_000, Received = MadeEvent.Noon + 2_000, Url = "https://shop.example/x?utm_medium=cpc", Ip = "10.1.2.3",
            UserAgent = "curl/8", Country = "de", Campaign = "spring", Product = "p1", Properties = properties,
        }]);
        var row = Assert.Single(await _clickHouse.QueryAsync(
            """
            SELECT toString(event_id), toUnixTimestamp64Milli(event_time) - {noon:Int64}, toUnixTimestamp64Milli(assumeNotNull(sent_at)) - {noon:Int64},
                user_id, session_id, country, device, source, campaign, ip, user_agent, product_id, is_bot, properties['color'], properties['size'], toString(day), kafka_offset
            FROM events
            """,
            row => string.Join('|', row.EnumerateArray()), new Dictionary<string, object?> { ["noon"] = MadeEvent.Noon }));
        Assert.Equal("00000000-0000-ab00-0000-000000000001|1000|1000|anna|s1|DE|other|paid|spring|10.1.2.0|curl/8|p1|1|red|ü|2090-11-22|0", row);
    }

    [Fact]
    public async Task A_stock_level_keeps_what_is_absent_absent()
    {
        await WriteAsync(1, MadeBatches.Chunk(Topics.Inventory), [new MadeEvent { Name = "stock_level", Product = "desk", Stock = 3, User = "" }]);
        var row = Assert.Single(await _clickHouse.QueryAsync(
            "SELECT product_id, stock, images IS NULL, rating IS NULL, price IS NULL FROM stock_levels", row => string.Join('|', row.EnumerateArray())));
        Assert.Equal("desk|3|1|1|1", row);
    }

    [Fact]
    public async Task An_import_over_1237_days_is_written_in_one_flush()
    {
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        MadeEvent[] orders = [.. Enumerable.Range(0, 1_237).Select(i => MadeBatches.Order() with { Id = (ulong)i + 1, Created = MadeEvent.Noon - i * day })];
        await WriteAsync(2, MadeBatches.Chunk(Topics.Orders), orders);
        Assert.Equal((1_237, 123_700), await PairAsync("SELECT sum(events), sum(revenue) FROM cells FINAL"));
        Assert.Equal([true], _receipts.Heard.Select(receipt => receipt.IsSealed));
    }

    [Fact]
    public async Task A_store_that_is_away_holds_the_receipt_back_until_it_is_back()
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = server.Url, Database = "away", TimeoutSeconds = 5 }, TimeProvider.System);
        await new ClickHouseMigrations(client, TimeProvider.System).ApplyAsync();
        await server.KillAsync();
        var writing = WriteAsync(2, MadeBatches.Chunk(), [new MadeEvent()], client: client);
        await Assert.ThrowsAsync<TimeoutException>(() => writing.WaitAsync(TimeSpan.FromSeconds(2)));
        Assert.Empty(_receipts.Heard);
        await server.RestartAsync();
        await writing.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Single(_receipts.Heard);
    }

    [Fact]
    public async Task While_one_insert_is_on_its_way_another_table_is_written_and_the_receipt_waits_for_both()
    {
        await using var proxy = FaultProxy.To((await ClickHouseServer.SharedAsync()).Url);
        using var client = ClientOf(proxy);
        var isHeld = proxy.Begin(new ProxyFault.RequestHeld("INSERT%20INTO%20events"));
        var writing = WriteAsync(2, MadeBatches.Chunk(), [new MadeEvent()], client: client);
        await isHeld.WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync("cells and users are written", async () => await PairAsync("SELECT (SELECT count() FROM cells), (SELECT count() FROM uniques)") == (1, 1));
        Assert.Empty(_receipts.Heard);
        Assert.Empty(await LedgerAsync());
        proxy.Heal();
        await writing.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 1), await PairAsync("SELECT (SELECT count() FROM events), (SELECT count() FROM ledger)"));
        Assert.Single(_receipts.Heard);
    }

    [Fact]
    public async Task A_table_that_refuses_its_rows_ends_the_writer_even_while_another_insert_is_on_its_way()
    {
        await using var proxy = FaultProxy.To((await ClickHouseServer.SharedAsync()).Url);
        using var client = ClientOf(proxy);
        await _clickHouse.ExecuteAsync("DROP TABLE cells");
        _ = proxy.Begin(new ProxyFault.RequestHeld("INSERT%20INTO%20events"));
        var refused = await Assert.ThrowsAsync<ClickHouseException>(() => WriteAsync(2, MadeBatches.Chunk(), [new MadeEvent()], client: client).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("cells", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_receipts.Heard);
    }

    [Fact]
    public async Task Rows_beyond_the_budget_leave_no_room_until_the_store_has_taken_them()
    {
        await using var server = await ClickHouseServer.StartAsync();
        using var client = new ClickHouseClient(new ClickHouseOptions { Url = server.Url, Database = "full", TimeoutSeconds = 5 }, TimeProvider.System);
        await new ClickHouseMigrations(client, TimeProvider.System).ApplyAsync();
        await server.KillAsync();
        using var lanes = new MadeLanes(2);
        using var writer = WriterOf(lanes.Count, client, megabytes: 0.2);
        var chunk = MadeBatches.Chunk();
        var sent = 0;
        for (; writer.HasRoom; sent += 100)
        {
            Assert.InRange(sent, 0, 5_000);
            await SendAsync(writer, lanes.Send(chunk, sent, [.. Enumerable.Range(sent + 1, 100).Select(id => new MadeEvent { Id = (ulong)id })], Flush.History));
        }

        // What was under way is taken all the same.
        await SendAsync(writer, lanes.Send(chunk, sent, [new MadeEvent { Id = 9_999 }], Flush.Seal)).WaitAsync(TimeSpan.FromSeconds(20));
        var room = writer.RoomAsync();
        Assert.False(room.IsCompleted);
        await server.RestartAsync();
        await room.WaitAsync(TimeSpan.FromSeconds(60));
        await writer.CompleteAsync(default);
        Assert.True(writer.HasRoom);
        Assert.Equal((chunk, (long)sent, true), _receipts.Heard[^1]);
        Assert.Equal(sent + 1, Assert.Single(await client.QueryAsync("SELECT count() FROM events FINAL", row => row[0].GetInt64())));
    }

    [Fact]
    public async Task A_lost_chunk_gets_no_receipt_and_does_not_hold_up_others()
    {
        using var lost = new CancellationTokenSource();
        using var lanes = new MadeLanes(1);
        var (gone, kept) = (MadeBatches.Chunk(lost: lost.Token), MadeBatches.Chunk(partition: 1));
        var outputs = lanes.Send(gone, 0, [new MadeEvent()], Flush.Seal).Concat(lanes.Send(kept, 0, [new MadeEvent()], Flush.Seal)).ToArray();
        lost.Cancel();
        using var writer = WriterOf(lanes.Count, _clickHouse);
        await SendAsync(writer, outputs);
        await writer.CompleteAsync(default);
        Assert.Equal([kept], _receipts.Heard.Select(receipt => receipt.Chunk));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Nothing_is_written_before_the_log_is_confirmed_and_nothing_of_another_log_ever(int epoch)
    {
        var looked = new TaskCompletionSource<ulong>();
        using var watch = new TopicWatch(_ => looked.Task, new ConsumingOptions(), TimeProvider.System);
        using var lanes = new MadeLanes(2, new WindowingOptions { RawRows = 2 });
        using var writer = WriterOf(lanes.Count, _clickHouse);
        var chunk = MadeBatches.Chunk(watch: watch);

        // Two rows leave between flushes, one with the seal; the dead letters would come first were they sent at once.
        await SendAsync(writer, lanes.Send(chunk, 0, [new MadeEvent { Id = 1 }, new MadeEvent { Id = 2, User = "" }]));
        await SendAsync(writer, lanes.Send(chunk, 2, [new MadeEvent { Id = 3, User = "" }], Flush.Seal));
        var ending = writer.CompleteAsync(default).AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => ending.WaitAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal((0L, 0L), await PairAsync("SELECT (SELECT count() FROM events) + (SELECT count() FROM rejected), (SELECT count() FROM cells) + (SELECT count() FROM ledger)"));

        looked.SetResult((ulong)epoch);
        await ending.WaitAsync(TimeSpan.FromSeconds(60));
        var isOurs = epoch == 7;
        Assert.Equal(isOurs ? (3L, 2L) : (0L, 0L), await PairAsync("SELECT (SELECT count() FROM events) + (SELECT count() FROM rejected), (SELECT count() FROM cells) + (SELECT count() FROM ledger)"));
        Assert.Equal(isOurs ? [(chunk, 2L, true)] : [], _receipts.Heard);

        // The topic's only letters are those of the chunk and of one that comes after it.
        await WriteAsync(1, MadeBatches.Chunk(partition: 3), [new MadeEvent { User = "" }]);
        Assert.Equal(
            isOurs ? ["clickstream-events/2/1", "clickstream-events/2/2", "clickstream-events/3/0"] : ["clickstream-events/3/0"],
            ReadDeadLetters(isOurs ? 3 : 1).Select(letter => letter.Message.Key).Order());
    }

    [Fact]
    public async Task Raw_rows_beyond_the_limit_are_written_before_the_flush()
    {
        var options = new WindowingOptions { RawRows = 100 };
        using var lanes = new MadeLanes(1, options);
        var chunk = MadeBatches.Chunk();
        using var writer = WriterOf(lanes.Count, _clickHouse);
        await SendAsync(writer, lanes.Send(chunk, 0, [.. Enumerable.Range(1, 250).Select(id => new MadeEvent { Id = (ulong)id })]));
        await Eventually.HoldsAsync("250 raw rows are written", async () => (await PairAsync("SELECT count(), 0 FROM events")).Item1 == 250);
        Assert.Empty(_receipts.Heard);
        await SendAsync(writer, lanes.Send(chunk, 250, [], Flush.History));
        await writer.CompleteAsync(default);
        Assert.Equal((250, 1), await PairAsync("SELECT count(), uniqExact(kafka_partition) FROM events"));
        Assert.Equal([(chunk, 249L, false)], _receipts.Heard);
    }

    private ClickHouseClient ClientOf(FaultProxy proxy) => new(new ClickHouseOptions { Url = proxy.Url, Database = _clickHouse.Database }, TimeProvider.System);

    private static long Revenue(MadeEvent order) => order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount);

    private HistoryWriter WriterOf(int lanes, ClickHouseClient client, double megabytes = 64)
    {
        var options = new WritingOptions { RetryCeilingSeconds = 0.5, HistoryMegabytes = megabytes };
        var retry = new WriteRetry("dead letters", DeadLetterWriter.IsAway, TimeSpan.FromSeconds(1), 1, TimeProvider.System, _metrics, NullLogger.Instance);
        return new HistoryWriter(
            client, new DeadLetterWriter(_producer, retry), _receipts, lanes, options, new WindowingOptions(), TimeProvider.System, _metrics, NullLogger<HistoryWriter>.Instance);
    }

    // The events in batches, a history flush after each, sealed at the end unless it stops before.
    private async Task WriteAsync(
        int lanes, Chunk chunk, MadeEvent[] events, int batch = int.MaxValue, int stopAfter = int.MaxValue, ClickHouseClient? client = null,
        CountingOptions? counting = null)
    {
        using var made = new MadeLanes(lanes, counting: counting);
        using var writer = WriterOf(made.Count, client ?? _clickHouse);
        for (var at = 0; at < events.Length && at < stopAfter; at += batch)
        {
            var some = events.Skip(at).Take(batch).ToArray();
            var isLast = at + some.Length == events.Length;
            await SendAsync(writer, made.Send(chunk, at, some, isLast ? Flush.Seal : Flush.History));
            if (isLast)
            {
                break;
            }
        }

        await writer.CompleteAsync(default);
    }

    private static async Task SendAsync(HistoryWriter writer, IEnumerable<LaneOutput> outputs)
    {
        foreach (var output in outputs)
        {
            await writer.WriteAsync(output, default);
        }
    }

    private async Task<(long, long)> PairAsync(string sql) => Assert.Single(await _clickHouse.QueryAsync(sql, row => (row[0].GetInt64(), row[1].GetInt64())));

    private async Task<string> FingerprintAsync()
    {
        string[] questions =
        [
            "SELECT groupArray(tuple(*)) FROM (SELECT * EXCEPT ver FROM cells FINAL ORDER BY ALL)",
            "SELECT groupArray(tuple(*)) FROM (SELECT * EXCEPT ver FROM product_cells FINAL ORDER BY ALL)",
            "SELECT groupArray(tuple(*)) FROM (SELECT * FROM events FINAL ORDER BY ALL)",
            "SELECT groupArray(u) FROM (SELECT (tenant, window, name, country, uniqCombined64Merge(17)(users), uniqCombined64Merge(17)(sessions)) AS u FROM uniques GROUP BY tenant, window, name, country ORDER BY ALL)",
        ];
        var answers = new List<string>();
        foreach (var question in questions)
        {
            answers.AddRange(await _clickHouse.QueryAsync(question, row => row.GetRawText()));
        }

        return string.Join('\n', answers);
    }

    private async Task<List<LedgerRow>> LedgerAsync()
    {
        var rows = new List<LedgerRow>();
        await foreach (var row in new Ledger(_clickHouse).ReadAsync())
        {
            rows.Add(row);
        }

        return rows;
    }

    private List<ConsumeResult<string, byte[]>> ReadDeadLetters(int count)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = "letters" }).Build();
        consumer.Assign(new TopicPartitionOffset(Topics.DeadLetters, 0, Offset.Beginning));
        var letters = new List<ConsumeResult<string, byte[]>>();
        while (letters.Count < count)
        {
            letters.Add(consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"{letters.Count} of {count} dead letters came"));
        }

        return letters;
    }

    private sealed class Receipts : IChunkReceipts
    {
        public List<(Chunk Chunk, long LastOffset, bool IsSealed)> Heard { get; } = [];

        public void Settled(Chunk chunk, long lastOffset, bool isSealed) => Heard.Add((chunk, lastOffset, isSealed));
    }
}
