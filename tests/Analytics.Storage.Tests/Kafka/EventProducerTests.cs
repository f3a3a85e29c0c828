using System.Diagnostics;
using Analytics.Hosting;
using Analytics.Storage.Kafka;
using Analytics.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Storage.Tests.Kafka;

public sealed class EventProducerTests : IAsyncLifetime
{
    private KafkaBroker _broker = null!;
    private EventProducer _producer = null!;

    public async Task InitializeAsync()
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        _broker = await KafkaBroker.StartAsync();
        _producer = new(new() { BootstrapServers = _broker.BootstrapServers, DeliveryTimeout = TimeSpan.FromSeconds(2) }, NullLogger<EventProducer>.Instance);
    }

    [Fact]
    public async Task A_record_that_was_acknowledged_stands_in_the_log()
    {
        await _producer.ProduceAsync("order-events", "4:1", [1, 2, 3]);

        var read = Read("order-events", 1).Single();

        Assert.Equal("4:1", read.Message.Key);
        Assert.Equal([1, 2, 3], read.Message.Value);
    }

    [Fact]
    public async Task Equal_keys_meet_in_one_partition_and_shares_spread_over_several()
    {
        var records = Enumerable.Range(0, 400).Select(i => ($"4:{i % 8}", new byte[] { (byte)i }));

        var sent = await _producer.ProduceManyAsync("clickstream-events", records);

        Assert.Equal(400, sent);
        var byKey = Read("clickstream-events", 400).GroupBy(record => record.Message.Key).ToList();
        Assert.All(byKey, key => Assert.Single(key.Select(record => record.Partition.Value).Distinct()));
        Assert.True(byKey.Select(key => key.First().Partition.Value).Distinct().Count() >= 3);
    }

    [Fact]
    public async Task While_the_broker_is_away_a_record_fails_in_time_and_afterwards_records_arrive_again()
    {
        await _producer.ProduceAsync("order-events", "1:1", [1]);
        await _broker.GoDownAsync();
        var watch = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<BrokerUnavailableException>(() => _producer.ProduceAsync("order-events", "1:1", [2]));

        // In time: long before the client's own limit of five minutes, however busy the machine.
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Contains("order-events at " + _broker.BootstrapServers, error.Message, StringComparison.Ordinal);
        await _broker.ComeUpAsync();
        await Eventually.HoldsAsync("records arrive again", () => IsTaken("order-events"));
    }

    [Fact]
    public async Task Many_records_of_which_one_is_not_acknowledged_fail_as_a_whole()
    {
        await _broker.GoDownAsync();

        await Assert.ThrowsAsync<BrokerUnavailableException>(() => _producer.ProduceManyAsync("order-events", [("1:1", [1]), ("1:2", [2])]));
    }

    public async Task DisposeAsync()
    {
        _producer.Dispose();
        await _broker.DisposeAsync();
    }

    private async Task<bool> IsTaken(string topic)
    {
        try
        {
            await _producer.ProduceAsync(topic, "1:1", [3]);
            return true;
        }
        catch (BrokerUnavailableException)
        {
            return false;
        }
    }

    private List<ConsumeResult<string, byte[]>> Read(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = _broker.BootstrapServers,
            GroupId = "test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var read = new List<ConsumeResult<string, byte[]>>();
        while (read.Count < count)
        {
            read.Add(consumer.Consume(TimeSpan.FromSeconds(10)) ?? throw new TimeoutException($"Only {read.Count} of {count} records came."));
        }

        return read;
    }
}
