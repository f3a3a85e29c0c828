using Analytics.Hosting;
using Analytics.Testing;
using Confluent.Kafka;

namespace Analytics.Local.Tests.Broker;

/// <summary>One broker for the tests of a class; each takes a topic of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    static BrokerFixture() => NativeLibraries.Resolve(typeof(Library).Assembly);

    public KafkaBroker Broker { get; private set; } = null!;

    public static IProducer<string, string> Producer(string bootstrap, Action<ProducerConfig>? change = null)
    {
        var config = new ProducerConfig { BootstrapServers = bootstrap, LingerMs = 5, Acks = Acks.All, MessageTimeoutMs = 20_000 };
        change?.Invoke(config);
        return new ProducerBuilder<string, string>(config).SetLogHandler((_, _) => { }).Build();
    }

    public static IConsumer<string, string> Consumer(string bootstrap, string group, Action<ConsumerConfig>? change = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = group,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            SessionTimeoutMs = 30_000,
            HeartbeatIntervalMs = 200,
            TopicMetadataRefreshIntervalMs = 1000,
        };
        change?.Invoke(config);
        return new ConsumerBuilder<string, string>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Reads until there are as many records as wanted.</summary>
    public static List<ConsumeResult<string, string>> Read(IConsumer<string, string> consumer, int wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = new List<ConsumeResult<string, string>>();
        while (seen.Count < wanted)
        {
            seen.Add(consumer.Consume(limit.Token));
        }

        return seen;
    }

    public async Task<string> NewTopicAsync(int partitions)
    {
        var topic = "topic-" + Guid.NewGuid().ToString("N");
        await Broker.CreateTopicAsync(topic, partitions);
        return topic;
    }

    public async Task InitializeAsync() => Broker = await KafkaBroker.StartAsync();

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
