using Analytics.Storage.Redis;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Analytics.Benchmarks.Sinks;

/// <summary>The worker's two writers on real stores.</summary>
internal sealed class WorkerWriters : IDisposable
{
    private readonly ConnectionMultiplexer _redis;
    private readonly IProducer<string, byte[]>? _producer;

    /// <summary>Writers that wait for outputs.</summary>
    /// <param name="stores">Where they write.</param>
    /// <param name="receipts">Hears what is stored.</param>
    /// <param name="lanes">Lanes, the last included.</param>
    /// <param name="metrics">Told of each write.</param>
    /// <param name="now">The time that it is for Redis.</param>
    /// <param name="brokers">Where dead letters would go; null: the workload has none.</param>
    /// <param name="redis">Where Redis is, if not at its own address.</param>
    public WorkerWriters(RealStores stores, IChunkReceipts receipts, int lanes, WorkerMetrics metrics, DateTimeOffset now, string? brokers = null, string? redis = null)
    {
        var options = new WritingOptions();
        _redis = ConnectionMultiplexer.Connect(redis ?? stores.Redis.Connection);
        _producer = brokers is null ? null : DeadLetterWriter.ProducerOf(new KafkaAddress { BootstrapServers = brokers });
        var retry = new WriteRetry("dead_letters", DeadLetterWriter.IsAway, TimeSpan.FromSeconds(10), 1, TimeProvider.System, metrics, NullLogger.Instance);
        History = new HistoryWriter(
            stores.Client, new DeadLetterWriter(_producer!, retry), receipts, lanes, options, new WindowingOptions(), TimeProvider.System, metrics, NullLogger<HistoryWriter>.Instance);
        Live = new LiveWriter(new LiveCounts(_redis), lanes, options, new ShiftedTime(now), metrics, NullLogger<LiveWriter>.Instance);
    }

    /// <summary>To ClickHouse.</summary>
    public HistoryWriter History { get; }

    /// <summary>To Redis.</summary>
    public LiveWriter Live { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        History.Dispose();
        Live.Dispose();
        _redis.Dispose();
        _producer?.Dispose();
    }
}

/// <summary>Receipts that nobody needs.</summary>
internal sealed class NoReceipts : IChunkReceipts
{
    /// <inheritdoc/>
    public void Settled(Analytics.Worker.Consuming.Chunk chunk, long lastOffset, bool isSealed)
    {
    }
}
