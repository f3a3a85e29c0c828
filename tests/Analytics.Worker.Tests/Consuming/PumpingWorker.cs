using Analytics.Storage;
using Analytics.Testing;
using Analytics.Worker.Consuming;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>A worker whose path is one lane into a history in memory; all before that is real.</summary>
internal sealed class PumpingWorker : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly WorkerMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Sink<RawBatch> _sink;
    private readonly LogPump _pump;
    private readonly Task _running;
    private bool _isOver;

    public PumpingWorker(KafkaBroker broker, string topic, MemoryHistory history, long chunkSize = 10_000, ISchemaGate? schemas = null)
    {
        var options = new ConsumingOptions
        {
            Topics = topic,
            ChunkSize = chunkSize,
            HistoryEvery = TimeSpan.FromMilliseconds(100),
            PauseAfter = TimeSpan.FromMilliseconds(100),
            WarmUpRecords = 3_000,
            SessionTimeout = TimeSpan.FromSeconds(6),
        };
        var address = new KafkaAddress { BootstrapServers = broker.BootstrapServers, Group = "of-" + topic };
        var tracker = new ChunkTracker(_metrics);
        var pool = new Pool<RawBatch>(() => new RawBatch(), 64);
        var lane = new OneLane();
        Writer = new CountingWriter(history, tracker, pool);
        _sink = Flow.Start<RawBatch>(new Step("preparing", 3))
            .SplitBy(1, _ => lane)
            .ThenPerLane(new Step("windowing", 1), _ => lane)
            .Into(new Step("writing", 2), Writer);
        _pump = new LogPump(
            events => Client = new SilencedClient(new BatchConsumer(address, options, events)), options, history, tracker, pool, _sink,
            TimeProvider.System, _metrics, NullLogger<LogPump>.Instance, schemas: schemas);
        _running = Task.Run(() => _pump.RunAsync(_stopping.Token));
    }

    public CountingWriter Writer { get; }

    public SilencedClient Client { get; private set; } = null!;

    public Outage? Outage => _pump.Outage;

    public int Owned => _pump.States.Count(at => at.State is ReaderState.Running or ReaderState.Warming or ReaderState.Paused);

    public IEnumerable<(string Topic, int Partition, ReaderState State, string? Problem)> States => _pump.States;

    /// <summary>As SIGTERM: drains, commits, leaves.</summary>
    public async Task StopAsync()
    {
        _isOver = true;
        await _stopping.CancelAsync();
        await _running.WaitAsync(Limit);
        _pump.Dispose();
    }

    /// <summary>Waits for its end by its own failure.</summary>
    public async Task EndAsync()
    {
        _isOver = true;
        using (_pump)
        {
            await _running.WaitAsync(Limit);
        }
    }

    /// <summary>As a crash: what is in the graph is gone, nothing more is written or committed.</summary>
    public async Task CrashAsync()
    {
        _isOver = true;
        _sink.Fail(new InvalidOperationException("crash"));
        await Assert.ThrowsAsync<FlowFailedException>(() => _running.WaitAsync(Limit));
        _pump.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOver)
        {
            Writer.GoOn();
            await StopAsync();
        }

        _metrics.Dispose();
        _stopping.Dispose();
    }
}
