using System.Buffers.Binary;
using Analytics.Chaos.Tests.Loads;
using Analytics.Core.Events;
using Confluent.Kafka;

namespace Analytics.Chaos.Tests.Oracles;

/// <summary>Reads the log as any Kafka client does and recounts it from the manifest, with no code of the worker.</summary>
internal static class LogReading
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Where each partition starts and ends.</summary>
    public static Dictionary<(string Topic, int Partition), (long Start, long End)> Bounds(string bootstrapServers, int partitions)
    {
        using var consumer = Open(bootstrapServers);
        return (from topic in Topics.Counted
                from partition in Enumerable.Range(0, partitions)
                select (Key: (topic, partition), Bounds: consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Limit)))
            .ToDictionary(one => one.Key, one => (one.Bounds.Low.Value, one.Bounds.High.Value));
    }

    /// <summary>What the stores must show of the log.</summary>
    public static Recount Recount(string bootstrapServers, int partitions, IReadOnlyList<PlannedRecord> manifest)
    {
        var bounds = Bounds(bootstrapServers, partitions);
        var recount = new Recount();
        var users = new Dictionary<(long, long, string), HashSet<string>>();
        using var consumer = Open(bootstrapServers);
        foreach (var (at, (start, end)) in bounds.Where(one => one.Value.End > one.Value.Start))
        {
            var seen = new HashSet<int>();
            consumer.Assign(new TopicPartitionOffset(at.Topic, at.Partition, start));
            for (var next = start; next < end;)
            {
                var record = consumer.Consume(Limit) ?? throw new TimeoutException($"{at}: offset {next} of {end} did not come.");
                Judge(recount, at, record, manifest[BinaryPrimitives.ReadInt32BigEndian(record.Message.Headers.GetLastBytes(Load.NumberHeader))], seen, users);
                next = record.Offset.Value + 1;
            }
        }

        return recount;
    }

    private static void Judge(
        Recount recount, (string Topic, int Partition) at, ConsumeResult<byte[], byte[]> record, PlannedRecord planned, HashSet<int> seen,
        Dictionary<(long, long, string), HashSet<string>> users)
    {
        var sums = recount.Accounts.GetValueOrDefault(at);
        sums = sums with { Read = sums.Read + 1 };
        switch (planned.Fate)
        {
            case Fate.Filtered:
                sums = sums with { Filtered = sums.Filtered + 1 };
                break;
            case Fate.Rejected:
                recount.Rejected[(at.Topic, at.Partition, record.Offset.Value)] = planned.Reason;
                sums = sums with { Rejected = sums.Rejected + 1 };
                break;
            default:
                if (seen.Add(planned.Number))
                {
                    recount.Count(planned, users);
                    var revenue = planned.Name == "order_placed" ? planned.Lines.Sum(line => line.Revenue) : 0;
                    sums = sums with { Accepted = sums.Accepted + 1, Revenue = sums.Revenue + revenue };
                }
                else
                {
                    sums = sums with { Duplicate = sums.Duplicate + 1 };
                }

                break;
        }

        recount.Accounts[at] = sums;
    }

    private static IConsumer<byte[], byte[]> Open(string bootstrapServers) => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "oracle-" + Guid.NewGuid().ToString("N"),
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Error,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
