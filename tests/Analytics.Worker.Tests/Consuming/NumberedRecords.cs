using System.Buffers.Binary;
using Analytics.Testing;
using Confluent.Kafka;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>Records that carry their number, which is their offset: what the lane of these tests checks.</summary>
internal static class NumberedRecords
{
    /// <summary>Produces so many records to each partition, from the numbers in <paramref name="next"/> on, and moves these.</summary>
    public static void Produce(KafkaBroker broker, string topic, long[] next, int records)
    {
        var settings = new ProducerConfig { BootstrapServers = broker.BootstrapServers, LingerMs = 5, QueueBufferingMaxMessages = 1_000_000, Acks = Acks.All };
        using var producer = new ProducerBuilder<Null, byte[]>(settings).Build();
        for (var i = 0; i < records; i++)
        {
            for (var partition = 0; partition < next.Length; partition++)
            {
                var value = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(value, next[partition]++);
                producer.Produce(new TopicPartition(topic, partition), new Message<Null, byte[]> { Value = value });
            }
        }

        producer.Flush(TimeSpan.FromSeconds(30));
    }
}
