using System.Text;
using Analytics.Testing;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Analytics.Local.Tests.Broker;

public sealed class BuiltInBrokerTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private string Bootstrap => fixture.Broker.BootstrapServers;

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_record_comes_back_with_its_key_headers_and_creation_time(CompressionType compression)
    {
        var topic = await fixture.NewTopicAsync(1);
        using var producer = BrokerFixture.Producer(Bootstrap, config => config.CompressionType = compression);
        var sent = new Message<string, string>
        {
            Key = "user",
            Value = new string('v', 1000),
            Headers = [new Header("origin", Encoding.UTF8.GetBytes("test"))],
            Timestamp = new Timestamp(1_700_000_000_123, TimestampType.CreateTime),
        };
        await producer.ProduceAsync(topic, sent);
        using var consumer = BrokerFixture.Consumer(Bootstrap, topic);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

        var read = BrokerFixture.Read(consumer, 1)[0].Message;

        Assert.Equal((sent.Key, sent.Value, sent.Timestamp), (read.Key, read.Value, read.Timestamp));
        Assert.Equal("test", Encoding.UTF8.GetString(read.Headers.GetLastBytes("origin")));
    }

    [Fact]
    public async Task An_idempotent_producer_writes_a_record_once_though_its_acknowledgements_are_lost()
    {
        var topic = await fixture.NewTopicAsync(1);
        using var producer = BrokerFixture.Producer(Bootstrap, config => config.EnableIdempotence = true);
        await producer.ProduceAsync(topic, new Message<string, string> { Key = "k", Value = "0" });

        await fixture.Broker.FailAsync("Produce", (int)ErrorCode.NotLeaderForPartition, 2);
        await producer.ProduceAsync(topic, new Message<string, string> { Key = "k", Value = "1" });
        await fixture.Broker.GoDownAsync();
        var late = producer.ProduceAsync(topic, new Message<string, string> { Key = "k", Value = "2" });
        await fixture.Broker.ComeUpAsync();
        await late;

        using var consumer = BrokerFixture.Consumer(Bootstrap, topic);
        var marks = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), TimeSpan.FromSeconds(10));
        Assert.Equal((0, 3), (marks.Low.Value, marks.High.Value));
    }

    [Fact]
    public async Task Offsets_are_found_by_time()
    {
        var topic = await fixture.NewTopicAsync(1);
        using var producer = BrokerFixture.Producer(Bootstrap);
        for (var second = 1; second <= 5; second++)
        {
            // Awaited one by one: each is a message set of its own, so the answer is exact.
            await producer.ProduceAsync(topic, new Message<string, string> { Value = "v", Timestamp = new Timestamp(second * 1000, TimestampType.CreateTime) });
        }

        using var consumer = BrokerFixture.Consumer(Bootstrap, topic);
        long OffsetAt(long time) => consumer.OffsetsForTimes(
            [new TopicPartitionTimestamp(topic, 0, new Timestamp(time, TimestampType.CreateTime))], TimeSpan.FromSeconds(10))[0].Offset.Value;

        Assert.Equal((0, 2, 3, Offset.End.Value), (OffsetAt(1000), OffsetAt(3000), OffsetAt(3001), OffsetAt(5001)));
    }

    [Fact]
    public async Task An_unknown_topic_is_an_error_and_is_not_made()
    {
        using var producer = BrokerFixture.Producer(Bootstrap, config => config.MessageTimeoutMs = 5000);
        var fault = await Assert.ThrowsAsync<ProduceException<string, string>>(
            () => producer.ProduceAsync("mistyped-events", new Message<string, string> { Value = "v" }));

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap }).Build();
        var topics = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(topic => topic.Topic).ToList();

        Assert.Contains(fault.Error.Code, new[] { ErrorCode.UnknownTopicOrPart, ErrorCode.Local_UnknownTopic, ErrorCode.Local_MsgTimedOut });
        Assert.DoesNotContain("mistyped-events", topics);
        Assert.Superset(new HashSet<string> { "clickstream-events", "order-events", "inventory-events", "events.dlq" }, topics.ToHashSet());
    }

    [Fact]
    public async Task Every_start_on_the_same_port_gives_a_topic_another_id()
    {
        await using var broker = await KafkaBroker.StartAsync();
        var before = await TopicIdAsync(broker.BootstrapServers);

        await broker.RestartAsync();

        Assert.NotEqual(before, await TopicIdAsync(broker.BootstrapServers));
    }

    [Fact]
    public async Task Half_a_million_records_stay_and_are_read_in_order()
    {
        const int Count = 500_000;
        var topic = await fixture.NewTopicAsync(1);
        using var producer = BrokerFixture.Producer(Bootstrap, config => (config.CompressionType, config.QueueBufferingMaxMessages) = (CompressionType.Lz4, Count));
        for (var i = 0; i < Count; i++)
        {
            producer.Produce(topic, new Message<string, string> { Value = i.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        }

        producer.Flush(TimeSpan.FromSeconds(60));
        using var consumer = BrokerFixture.Consumer(Bootstrap, topic);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

        var read = BrokerFixture.Read(consumer, Count);

        Assert.Equal(Enumerable.Range(0, Count), read.Select(record => int.Parse(record.Message.Value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(Count - 1, read[^1].Offset.Value);
    }

    [Fact]
    public async Task Records_may_be_deleted_from_the_start_of_a_log()
    {
        var topic = await fixture.NewTopicAsync(1);
        using var producer = BrokerFixture.Producer(Bootstrap);
        for (var i = 0; i < 5; i++)
        {
            await producer.ProduceAsync(topic, new Message<string, string> { Value = "v" });
        }

        await fixture.Broker.DeleteRecordsAsync(topic, 0, before: 3);

        using var consumer = BrokerFixture.Consumer(Bootstrap, topic);
        var marks = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), TimeSpan.FromSeconds(10));
        Assert.Equal((3, 5), (marks.Low.Value, marks.High.Value));
    }

    [Fact]
    public async Task A_command_that_is_none_is_refused()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Broker.FailAsync("Nothing", 1));

        Assert.Contains("refused: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_on_SIGTERM_with_exit_code_0()
    {
        await using var broker = await KafkaBroker.StartAsync();

        Assert.Equal(0, await broker.StopAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_said_and_ends_the_process()
    {
        var port = Bootstrap.Split(':')[1];

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.StartAsync(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "Analytics.Local.dll"), "broker", "--port", port], _ => false, TimeSpan.FromSeconds(30)));

        Assert.Contains("ended with 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"cannot listen on 127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kafkajs_produces_consumes_in_a_group_commits_and_comes_back()
    {
        var topic = await fixture.NewTopicAsync(4);

        var seen = await NodeClient.RunAsync("kafkajs-group.mjs", Bootstrap, topic);

        Assert.Equal([0], seen.GetProperty("produced").EnumerateArray().Select(code => code.GetInt32()));
        Assert.Equal(Enumerable.Range(0, 100), seen.GetProperty("first").GetProperty("seen").EnumerateArray().Select(value => value.GetInt32()));
        Assert.Equal(Enumerable.Range(100, 10), seen.GetProperty("second").GetProperty("seen").EnumerateArray().Select(value => value.GetInt32()));
        Assert.Equal("""["kafkajs@1700000000000"]""", seen.GetProperty("first").GetProperty("headers").GetRawText());
        Assert.Equal((110, 110, 4), (seen.GetProperty("committed").GetInt32(), seen.GetProperty("ends").GetInt32(), seen.GetProperty("partitions").GetInt32()));
    }

    private static async Task<string> TopicIdAsync(string bootstrap)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["order-events"]), new DescribeTopicsOptions());
        return described.TopicDescriptions.Single().TopicId.ToString();
    }
}
