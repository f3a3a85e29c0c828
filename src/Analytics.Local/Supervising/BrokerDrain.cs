using Analytics.Core.Events;
using Analytics.Hosting;
using Analytics.Storage.ClickHouse;
using Confluent.Kafka;

namespace Analytics.Local.Supervising;

/// <summary>Tells when the ledger holds all that the broker holds. Its log is in memory: what is not counted when it stops is gone.</summary>
/// <remarks>
/// A broker's log has an epoch of its own, made at its start. <see cref="BeginAsync"/> notes the epochs that the ledger has by then, so that the
/// rows of this log are those of any other epoch. One caller at a time.
/// </remarks>
internal sealed class BrokerDrain(StackSettings settings, ClickHouseClient clickHouse, TimeProvider time)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private List<ulong> _earlier = [];

    /// <summary>A new log begins: the rows that the ledger has now belong to earlier ones.</summary>
    public async Task BeginAsync(CancellationToken cancel) =>
        _earlier = await clickHouse.QueryAsync("SELECT DISTINCT epoch FROM ledger", row => row[0].GetUInt64(), cancel: cancel);

    /// <summary>Waits until every record in the broker stands in the ledger, as long as there is progress.</summary>
    /// <returns>How many do not when <paramref name="patience"/> has passed without any being counted, or <paramref name="limit"/> in all: 0 when nothing is lost.</returns>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    /// <exception cref="ClickHouseException">ClickHouse does not answer.</exception>
    public async Task<long> WaitAsync(TimeSpan patience, TimeSpan limit, CancellationToken cancel)
    {
        var ends = Ends();
        var started = time.GetTimestamp();
        var (least, progress) = (long.MaxValue, started);
        while (true)
        {
            var left = await LeftAsync(ends, cancel);
            if (left < least)
            {
                (least, progress) = (left, time.GetTimestamp());
            }

            if (left == 0 || time.GetElapsedTime(progress) > patience || time.GetElapsedTime(started) > limit)
            {
                return left;
            }

            await Task.Delay(Glance, time, cancel);
        }
    }

    /// <summary>The end of every partition that is not empty: one beyond its last offset.</summary>
    private Dictionary<(string Topic, int Partition), long> Ends()
    {
        NativeLibraries.Resolve(typeof(KafkaException).Assembly);
        var configuration = new ConsumerConfig { BootstrapServers = settings.Kafka, GroupId = "analytics-supervisor", EnableAutoCommit = false };
        using var client = new ConsumerBuilder<Ignore, Ignore>(configuration).SetLogHandler((_, _) => { }).Build();
        var partitions =
            from topic in Topics.Counted
            from partition in Enumerable.Range(0, settings.Partitions)
            let end = client.QueryWatermarkOffsets(new(topic, partition), AnswerLimit).High.Value
            where end > 0
            select KeyValuePair.Create((topic, partition), end);
        return partitions.ToDictionary();
    }

    private async Task<long> LeftAsync(Dictionary<(string Topic, int Partition), long> ends, CancellationToken cancel)
    {
        var rows = await clickHouse.QueryAsync(
            $"SELECT topic, kafka_partition, max(last_offset) FROM ledger WHERE epoch NOT IN ({string.Join(", ", _earlier.DefaultIfEmpty())}) GROUP BY topic, kafka_partition",
            row => KeyValuePair.Create((row[0].GetString()!, row[1].GetInt32()), row[2].GetInt64() + 1),
            cancel: cancel);
        var counted = rows.ToDictionary();
        return ends.Sum(end => Math.Max(0, end.Value - counted.GetValueOrDefault(end.Key)));
    }
}
