using System.Diagnostics;
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
    public Task<double> RunAsync() => Task.FromResult(Drain().Seconds);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Timed from the first record to the last: connecting is not what is compared.
    private unsafe (double Seconds, string Fingerprint) Drain()
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = "bare-drain",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            FetchWaitMaxMs = 20,
            QueuedMaxMessagesKbytes = 32 << 10,
            QueuedMinMessages = 1_000_000,
        };
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(config).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, 0)));
        using var queue = new ConsumerQueue((SafeHandle)NativeHandleOf(consumer.Handle));
        var messages = new nint[BatchRecords];
        long count = 0, bytes = 0, started = 0;
        while (count < records)
        {
            int fetched;
            fixed (nint* first = messages)
            {
                fetched = (int)Librdkafka.Consume(queue, 100, (Librdkafka.Message**)first, BatchRecords);
            }

            started = started == 0 && fetched > 0 ? Stopwatch.GetTimestamp() : started;
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

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        consumer.Close();
        return (seconds, $"{count} records, {bytes} bytes");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object NativeHandleOf(Handle handle);
}
