using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Analytics.Benchmarks.Harness;
using Analytics.Worker.Consuming;
using Confluent.Kafka;

namespace Analytics.Benchmarks.Rows;

/// <summary>The reference for the path from Kafka: librdkafka's batch call over the whole topic, each record's length looked at, nothing else done.</summary>
internal sealed class BareDrain(string brokers, string topic, int partitions, long records) : IContender
{
    private const int BatchRecords = 4_096;

    /// <inheritdoc/>
    public Task<string> FingerprintAsync() => Task.FromResult(Drain().Fingerprint);

    /// <inheritdoc/>
    public Task<Timing> RunAsync() => Task.FromResult(Drain().Timing);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>How a drain reads, and how the other loop does: with the worker's bounds.</summary>
    public static ConsumerConfig Settings(string brokers, string group) => new()
    {
        BootstrapServers = brokers,
        GroupId = group,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        FetchWaitMaxMs = 20,
        QueuedMaxMessagesKbytes = 32 << 10,
        QueuedMinMessages = 1_000_000,
    };

    // Timed from the first record to the last: connecting is not what is compared.
    private unsafe (Timing Timing, string Fingerprint) Drain()
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(Settings(brokers, "bare-drain")).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, 0)));
        using var queue = new ConsumerQueue((SafeHandle)NativeHandleOf(consumer.Handle));
        var messages = new nint[BatchRecords];
        Stretch? stretch = null;
        long count = 0, bytes = 0;
        for (var idle = 0; count < records; idle++)
        {
            int fetched;
            fixed (nint* first = messages)
            {
                fetched = (int)Librdkafka.Consume(queue, 100, (Librdkafka.Message**)first, BatchRecords);
            }

            if (fetched > 0)
            {
                stretch ??= Stretch.Start();
                idle = 0;
            }
            else if (idle > 300)
            {
                throw new TimeoutException($"expected {records} records in {topic}, found {count}, and none for half a minute");
            }

            for (var i = 0; i < fetched; i++)
            {
                var message = (Librdkafka.Message*)messages[i];
                if (message->Error == 0)
                {
                    count++;
                    bytes += (long)message->Length;
                }

                Librdkafka.Destroy(message);
            }
        }

        var timing = stretch!.Value.End();
        consumer.Close();
        return (timing, $"{count} records, {bytes} bytes");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object NativeHandleOf(Handle handle);
}
