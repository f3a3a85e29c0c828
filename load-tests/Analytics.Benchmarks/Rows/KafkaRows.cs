using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Analytics.Storage.Kafka;
using Analytics.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Benchmarks.Rows;

/// <summary>The path from a broker in a process of its own to closed cells, against the client library doing nothing with the records.</summary>
internal static class KafkaRows
{
    private const int Partitions = 4;

    /// <summary>Ours ÷ librdkafka's batch call over the same topic.</summary>
    public static async Task<Row> AgainstBareDrainAsync(Clickstream clickstream, BenchFolder folder)
    {
        await using var broker = await KafkaBroker.StartAsync(Partitions);
        Narration.Say($"producing {clickstream.Count} records");
        using (var producer = new EventProducer(new EventProducerOptions { BootstrapServers = broker.BootstrapServers, DeliveryTimeout = TimeSpan.FromMinutes(2) }, NullLogger<EventProducer>.Instance))
        {
            await producer.ProduceManyAsync(Topics.Clickstream, Enumerable.Range(0, clickstream.Count).Select(i =>
                ($"{i % 64}", clickstream.Bytes.AsSpan(clickstream.StartOf(i), clickstream.LengthOf(i)).ToArray())));
        }

        using var registry = folder.Registry();
        await using var ours = new KafkaPath(broker.BootstrapServers, registry, clickstream.Count);
        await using var bare = new BareDrain(broker.BootstrapServers, Topics.Clickstream, Partitions, clickstream.Count);
        return await Comparison.RunAsync("Kafka → closed cells ÷ a bare batch drain of the topic", "events/s", clickstream.Count, ours, bare);
    }
}
