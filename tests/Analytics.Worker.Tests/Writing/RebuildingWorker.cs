using System.Collections.Concurrent;
using Analytics.Core.Events;
using Analytics.Hosting;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Redis;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Analytics.Worker.Tests.Windowing;
using Analytics.Worker.Windowing;
using Analytics.Worker.Writing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Analytics.Worker.Tests.Writing;

/// <summary>The lanes, both writers and the rebuild of one worker, with connections of its own; its day stands still at noon.</summary>
internal sealed class RebuildingWorker : IAsyncDisposable
{
    private static readonly Lazy<Task<KafkaBroker>> Broker = new(() => KafkaBroker.StartAsync());
    private readonly WorkerMetrics _metrics = new();
    private readonly MadeLanes _lanes;
    private readonly IProducer<string, byte[]> _producer;
    private readonly ClickHouseClient _clickHouse;
    private readonly ConnectionMultiplexer _redis;
    private readonly HistoryWriter _history;
    private readonly LiveWriter _live;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _rebuilding;
    private readonly CollectedLog _log = new();
    private readonly NoonTime _time = new();
    private readonly Dictionary<string, (Chunk Chunk, long Next)> _open = [];

    private RebuildingWorker(IProducer<string, byte[]> producer, ConnectionMultiplexer redis, ClickHouseOptions clickHouse, double settle, bool sessions, double lease)
    {
        (_producer, _redis) = (producer, redis);
        var writing = new WritingOptions { LiveSettleSeconds = settle, LiveLeaseSeconds = lease, RetryCeilingSeconds = 0.5 };
        var windowing = new WindowingOptions { Sessions = sessions };
        _lanes = new MadeLanes(2, windowing);
        _clickHouse = new ClickHouseClient(clickHouse, TimeProvider.System);
        var retry = new WriteRetry("dead_letters", DeadLetterWriter.IsAway, TimeSpan.FromSeconds(1), 1, TimeProvider.System, _metrics, NullLogger.Instance);
        _history = new HistoryWriter(
            _clickHouse, new DeadLetterWriter(_producer, retry), new ChunkTracker(_metrics), _lanes.Count, writing, windowing, _time, _metrics, NullLogger<HistoryWriter>.Instance);
        var counts = new LiveCounts(redis);
        _live = new LiveWriter(counts, _lanes.Count, writing, _time, _metrics, NullLogger<LiveWriter>.Instance);
        _rebuilding = new LiveRebuild(counts, new LiveHistory(_clickHouse), _live, writing, windowing, _time, _metrics, _log).RunAsync(_stopping.Token);
    }

    /// <summary>Ids of the messages that the rebuild has logged.</summary>
    public IReadOnlyList<int> Said => [.. _log.Ids];

    /// <summary>Noon.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    public static async Task<RebuildingWorker> StartAsync(string redis, Uri clickHouse, string database, double settle, bool sessions, double lease)
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        return new RebuildingWorker(
            DeadLetterWriter.ProducerOf(new KafkaAddress { BootstrapServers = (await Broker.Value).BootstrapServers }), await ConnectionMultiplexer.ConnectAsync(redis),
            new ClickHouseOptions { Url = clickHouse, Database = database }, settle, sessions, lease);
    }

    /// <summary>Counts events as the next ones of the topic's chunk, and flushes.</summary>
    public async Task CountAsync(string topic, MadeEvent[] events, Flush flush = Flush.Live | Flush.History, bool isLast = false)
    {
        var (chunk, next) = _open.TryGetValue(topic, out var open) ? open
            : (MadeBatches.Chunk(topic, epoch: topic == Topics.Orders ? 7UL : 8UL), 0);
        foreach (var output in _lanes.Send(chunk, next, events, isLast ? Flush.Seal : flush))
        {
            await _history.WriteAsync(output, default);
            await _live.WriteAsync(output, default);
        }

        next += events.Length;
        _open[topic] = (isLast ? MadeBatches.Chunk(topic, next, chunk.Id.Epoch) : chunk, next);
    }

    /// <summary>Ends the rebuild alone, as a worker that stops.</summary>
    public async Task StopRebuildAsync()
    {
        await _stopping.CancelAsync();
        await _rebuilding;
    }

    public async ValueTask DisposeAsync()
    {
        await StopRebuildAsync();
        await _history.CompleteAsync(default);
        await _live.CompleteAsync(default);
        _history.Dispose();
        _live.Dispose();
        _producer.Dispose();
        _clickHouse.Dispose();
        await _redis.CloseAsync();
        _redis.Dispose();
        _lanes.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private sealed class NoonTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(MadeEvent.Noon);
    }

    private sealed class CollectedLog : ILogger<LiveRebuild>
    {
        public ConcurrentQueue<int> Ids { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Ids.Enqueue(eventId.Id);
    }
}
