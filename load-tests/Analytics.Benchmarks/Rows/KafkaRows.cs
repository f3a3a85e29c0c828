using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Core.Events;

namespace Analytics.Benchmarks.Rows;

/// <summary>The path from a broker in a process of its own to closed cells, against client libraries that do nothing with the records.</summary>
internal static class KafkaRows
{
    /// <summary>Row 6, and the same with a row for each event.</summary>
    public static async Task<IReadOnlyList<Row>> AgainstBareDrainAsync(Bench bench)
    {
        var topic = await bench.TopicAsync();
        await using var bare = new BareDrain(topic.Brokers, Topics.Clickstream, topic.Partitions.Count, topic.Records);
        await using var ours = new KafkaPath(topic, bench.Registry, new WorkerOptions());
        await using var rows = new KafkaPath(topic, bench.Registry, new WorkerOptions(RawRows: true, Sessions: true));
        return
        [
            await Comparison.RunAsync(new Subject("6", "Kafka → closed cells ÷ librdkafka's batch call, records thrown away", topic.Records, Goal.Least(0.8, 0.95)), ours, bare),
            await Comparison.RunAsync(new Subject("6 rows", "the same, with session cells and a row of the table events for every record", topic.Records, null), rows, bare),
        ];
    }

    /// <summary>Row 7.</summary>
    public static async Task<IReadOnlyList<Row>> AgainstConsumeAsync(Bench bench)
    {
        var topic = await bench.TopicAsync();
        await using var ours = new KafkaPath(topic, bench.Registry, new WorkerOptions());
        await using var loop = new ConfluentLoop(topic.Brokers, Topics.Clickstream, topic.Partitions.Count, topic.Records);
        return [await Comparison.RunAsync(new Subject("7", "Kafka → closed cells ÷ Confluent.Kafka's Consume(), messages thrown away", topic.Records, Goal.Least(2.5, 6)), ours, loop)];
    }
}
