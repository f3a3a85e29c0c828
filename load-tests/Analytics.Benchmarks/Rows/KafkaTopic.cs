using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Analytics.Testing;
using Confluent.Kafka;

namespace Analytics.Benchmarks.Rows;

/// <summary>A workload in the clickstream's topic of a broker in a process of its own, each tenant whole in one partition.</summary>
internal sealed class KafkaTopic : IAsyncDisposable
{
    private readonly KafkaBroker _broker;

    private KafkaTopic(KafkaBroker broker, Clickstream records, int[] partitions) =>
        (_broker, Records, End, Partitions) = (broker, records.Count, records.End, partitions);

    /// <summary>Address of the broker.</summary>
    public string Brokers => _broker.BootstrapServers;

    /// <summary>Records in the topic.</summary>
    public long Records { get; }

    /// <summary>Unix milliseconds after every event of the topic.</summary>
    public long End { get; }

    /// <summary>Records in each partition.</summary>
    public IReadOnlyList<int> Partitions { get; }

    /// <summary>Starts a broker and sends it the records.</summary>
    public static async Task<KafkaTopic> ProduceAsync(Clickstream records, int partitions)
    {
        var broker = await KafkaBroker.StartAsync(partitions);
        Narration.Say($"producing {records.Count:N0} records");
        var parts = records.Split(partitions);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            LingerMs = 20,
            BatchSize = 1 << 20,
            QueueBufferingMaxMessages = 1_000_000,
        }).Build();
        for (var partition = 0; partition < parts.Length; partition++)
        {
            var to = new TopicPartition(Topics.Clickstream, partition);
            for (var i = 0; i < parts[partition].Count; i++)
            {
                Produce(producer, to, parts[partition][i].ToArray());
            }
        }

        producer.Flush(TimeSpan.FromMinutes(2));
        return new KafkaTopic(broker, records, [.. parts.Select(part => part.Count)]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static void Produce(IProducer<Null, byte[]> producer, TopicPartition to, byte[] record)
    {
        while (true)
        {
            try
            {
                producer.Produce(to, new Message<Null, byte[]> { Value = record });
                return;
            }
            catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(TimeSpan.FromSeconds(10));
            }
        }
    }
}
