using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Sinks;
using Analytics.Core.Events;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Windowing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Benchmarks.Rows;

/// <summary>Our side of the path from Kafka: the worker from its consumer to closed cells. Only the sinks are missing, and the ledger is empty.</summary>
/// <remarks>
/// Timed from the first batch that the graph takes until every record is counted and the rows of all cells are made: the worker is told to stop when
/// it has read the topic, and a worker that stops flushes what is open and completes its graph. With stores, until every row of it is acknowledged.
/// Each run is another graph and another member of the group, over the steps of the run before: code is compiled and tables have grown, as in a worker that runs for weeks.
/// </remarks>
internal sealed class KafkaPath(KafkaTopic topic, SchemaRegistryClient registry, WorkerOptions options, RealStores? stores = null) : IContender
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly WorkerParts _parts = new(registry, options);
    private int _group;

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        var run = await CountAsync();
        return $"{run.Records} records, {run.Bytes} bytes";
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync() => (await CountAsync()).Timing;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _parts.Dispose();
        return ValueTask.CompletedTask;
    }

    private WorkerWriters? WritersOf(ChunkTracker tracker, WorkerMetrics metrics) =>
        stores is null ? null : new WorkerWriters(stores, tracker, _parts.Lanes, metrics, DateTimeOffset.FromUnixTimeMilliseconds(topic.End), topic.Brokers);

    // A new group each time, so that each run reads the topic from its start.
    private async Task<PathProgress> CountAsync()
    {
        if (stores is not null)
        {
            await stores.ClearAsync();
        }

        using var metrics = new WorkerMetrics();
        var tracker = new ChunkTracker(metrics);
        using var writers = WritersOf(tracker, metrics);
        var progress = new PathProgress(topic.Records);
        var sink = _parts.Build(new WatchedDecoder(_parts.Decoder, progress), writers is null ? [new Discarding()] : [writers.History, writers.Live]);
        var address = new KafkaAddress { BootstrapServers = topic.Brokers, Group = $"bench-{Environment.ProcessId}-{Guid.NewGuid():N}-{_group++}" };
        var consuming = new ConsumingOptions { Topics = Topics.Clickstream, HistoryRecords = 1 << 30, HistoryEvery = Never, StopWithin = Limit };
        using var pump = new LogPump(
            address, consuming, new EmptyLedger(), tracker, _parts.Batches, sink, TimeProvider.System, metrics, NullLogger<LogPump>.Instance,
            schemas: _parts.Decoder);
        using var stopping = new CancellationTokenSource();

        // A thread of its own: it blocks in polls.
        var pumping = Task.Run(() => pump.RunAsync(stopping.Token), CancellationToken.None);
        var written = sink.Completion.ContinueWith(_ => progress.End(), TaskScheduler.Default);
        var read = await Task.WhenAny(progress.Read, pumping, Task.Delay(Limit));
        await stopping.CancelAsync();
        await pumping;
        if (read != progress.Read)
        {
            throw new TimeoutException(
                $"expected {topic.Records} records within {Limit.TotalSeconds} s, found {progress.Records}; partition 0 is {pump.ReaderOf(Topics.Clickstream, 0)?.State.ToString() ?? "not assigned"}");
        }

        await written;
        return progress;
    }

    private sealed class WatchedDecoder(AvroDecoder decoder, PathProgress progress) : IStage<RawBatch, DecodedBatch>
    {
        public ValueTask<DecodedBatch> ApplyAsync(RawBatch batch, CancellationToken cancellation)
        {
            progress.Took(batch);
            return decoder.ApplyAsync(batch, cancellation);
        }
    }

    private sealed class Discarding : IWriter<LaneOutput>
    {
        public ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
        {
            foreach (var table in output.Tables)
            {
                table.Dispose();
            }

            output.Live?.Return();
            output.Visitors?.Return();
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
