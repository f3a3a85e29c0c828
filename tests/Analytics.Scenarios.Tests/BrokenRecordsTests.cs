using Confluent.Kafka;

namespace Analytics.Scenarios.Tests;

/// <summary>Goal: a broken record costs nothing but itself. Method: a hundred of them among good ones, through the whole stack; the inbox is compared record by record.</summary>
public sealed class BrokenRecordsTests(RunningStack stack) : IClassFixture<RunningStack>
{
    private const string ForeignSchema = """{"type": "record", "name": "Weather", "fields": [{"name": "degrees", "type": "int"}]}""";

    [Fact]
    public async Task A_hundred_records_broken_in_different_ways_land_in_the_inbox_for_their_reasons_and_change_nothing_else()
    {
        var broken = await MakeAsync();
        var cases = broken.All();
        Assert.True(cases.Count >= 100, $"only {cases.Count} cases");

        var sent = await SendAsync(broken, cases);
        await stack.CountedAsync(sent.Count + 6);

        var inbox = await InboxAsync();
        var wrong = sent.Where(one => inbox.GetValueOrDefault(one.Key) != one.Value.Reason)
            .Select(one => $"{one.Value.How}: expected {one.Value.Reason}, found {inbox.GetValueOrDefault(one.Key, "nothing")}").ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        Assert.Equal(sent.Count, inbox.Count);

        // Of the six good ones, and of nothing else: two clicks, two orders of 100 cents, two stock levels.
        Assert.Equal(6, await stack.CountAsync("SELECT toInt64(sum(accepted)) FROM ledger FINAL"));
        Assert.Equal(sent.Count, await stack.CountAsync("SELECT toInt64(sum(arraySum(mapValues(rejected)))) FROM ledger FINAL"));
        Assert.Equal(6, await stack.CountAsync("SELECT toInt64(sum(events)) FROM cells FINAL"));
        Assert.Equal(200, await stack.CountAsync("SELECT sum(revenue) FROM cells FINAL"));
        Assert.Equal(6, await stack.CountAsync("SELECT toInt64(count()) FROM events FINAL"));
        Assert.Equal((0, true), await VerifyAsync());
        Assert.Equal(sent.ToDictionary(one => one.Key, one => one.Value.Reason), DeadLetters(sent.Count));
    }

    private async Task<BrokenRecords> MakeAsync()
    {
        using var registry = stack.OpenRegistry();
        var foreign = await registry.RegisterAsync("weather-value", ForeignSchema, CancellationToken.None);
        var text = await registry.RegisterAsync("text-value", "\"string\"", CancellationToken.None);
        var own = await stack.SchemaIdsAsync();
        return new BrokenRecords(own["clickstream-events"], own["order-events"], own["inventory-events"], foreign, text, TimeProvider.System.GetUtcNow());
    }

    // A good record of each topic before the broken ones and one behind them: what is broken must not stop or shift what is not.
    private async Task<Dictionary<string, BrokenRecord>> SendAsync(BrokenRecords broken, IReadOnlyList<BrokenRecord> cases)
    {
        using var producer = stack.OpenProducer();
        async Task<string> Produce(string topic, byte[] record)
        {
            var at = await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<byte[], byte[]> { Value = record });
            return $"{at.Topic}/{at.Partition.Value}/{at.Offset.Value}";
        }

        async Task ProduceGood()
        {
            await Produce("clickstream-events", broken.Click().Whole());
            await Produce("order-events", broken.Order().Whole());
            await Produce("inventory-events", broken.Level().Whole());
        }

        var sent = new Dictionary<string, BrokenRecord>(StringComparer.Ordinal);
        await ProduceGood();
        foreach (var one in cases)
        {
            sent[await Produce(one.Topic, one.Record)] = one;
        }

        await ProduceGood();
        return sent;
    }

    private async Task<Dictionary<string, string>> InboxAsync() => (await stack.ClickHouse.QueryAsync(
            "SELECT topic || '/' || toString(kafka_partition) || '/' || toString(kafka_offset), reason FROM rejected FINAL",
            row => KeyValuePair.Create(row[0].GetString()!, row[1].GetString()!)))
        .ToDictionary(StringComparer.Ordinal);

    private async Task<(int Code, bool IsTiled)> VerifyAsync()
    {
        var (code, output) = await stack.CliAsync("ledger", "verify");
        return (code, output.Contains("tiled, read = accepted + duplicate + rejected + filtered", StringComparison.Ordinal));
    }

    // The topic's keys are the coordinates of the records, and a header says the reason.
    private Dictionary<string, string> DeadLetters(int count)
    {
        var config = new ConsumerConfig { BootstrapServers = stack.Stack["KAFKA_BOOTSTRAP"], GroupId = "inbox", AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
        consumer.Assign(new TopicPartitionOffset("events.dlq", 0, Offset.Beginning));
        var letters = new Dictionary<string, string>(StringComparer.Ordinal);
        while (letters.Count < count && consumer.Consume(TimeSpan.FromSeconds(10)) is { } letter)
        {
            letters[letter.Message.Key] = System.Text.Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("reason"));
        }

        consumer.Close();
        return letters;
    }
}
