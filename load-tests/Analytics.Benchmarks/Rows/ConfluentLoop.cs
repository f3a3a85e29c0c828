using Analytics.Benchmarks.Harness;
using Confluent.Kafka;

namespace Analytics.Benchmarks.Rows;

/// <summary>What most consumers in .NET are: a loop around Confluent.Kafka's Consume(), which here throws every message away.</summary>
internal sealed class ConfluentLoop(string brokers, string topic, int partitions, long records) : IContender
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public Task<string> FingerprintAsync() => Task.FromResult(Consume().Fingerprint);

    /// <inheritdoc/>
    public Task<Timing> RunAsync() => Task.FromResult(Consume().Timing);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Timed from the first record to the last: connecting is not what is compared.
    private (Timing Timing, string Fingerprint) Consume()
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(BareDrain.Settings(brokers, "confluent-loop")).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, 0)));
        Stretch? stretch = null;
        long count = 0, bytes = 0;
        for (var idle = 0; count < records; idle++)
        {
            if (consumer.Consume(Wait) is { } result)
            {
                stretch ??= Stretch.Start();
                idle = 0;
                count++;
                bytes += result.Message.Value.Length;
            }
            else if (idle > 300)
            {
                throw new TimeoutException($"expected {records} records in {topic}, found {count}, and none for half a minute");
            }
        }

        var timing = stretch!.Value.End();
        consumer.Close();
        return (timing, $"{count} records, {bytes} bytes");
    }
}
