using System.Diagnostics;
using Analytics.Benchmarks.Harness;
using Analytics.Core.Events;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Benchmarks.Rows;

/// <summary>Our side of the path from Kafka: the worker from its consumer to closed cells. Only the sinks are missing, and the ledger is empty.</summary>
internal sealed class KafkaPath(string brokers, SchemaRegistryClient registry, long records) : IContender
{
    private readonly WorkerMetrics _metrics = new();
    private int _group;

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        var run = await CountAsync();
        return $"{run.Records} records, {run.Bytes} bytes";
    }

    /// <inheritdoc/>
    public async Task<double> RunAsync() => (await CountAsync()).Seconds;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }

    // A new group each time, so that each run reads the topic from its start.
    private async Task<Progress> CountAsync()
    {
        var progress = new Progress(records);
        var pool = new Pool<RawBatch>(() => new RawBatch(), keep: 128);
        var decoder = new AvroDecoder(registry, new DecodingOptions(), TimeProvider.System, NullLogger<AvroDecoder>.Instance);
        var enricher = new EventEnricher(new EnrichingOptions { Rules = new RulesOptions { ClickstreamMaxAgeDays = 0 } }, decoded =>
        {
            var raw = decoded.Raw;
            decoder.Return(decoded);
            pool.Return(raw);
        });
        const int Lanes = 2;
        var windowing = new WindowingOptions();
        var sink = Pipeline.Build(
            new Stages(
                (new DecodingOptions().Step, new Watched(decoder, progress)),
                enricher,
                new KeyPartitioner(),
                Lanes + 1,
                lane => lane == Lanes
                    ? new WatchedLane(new RawRows(lane, windowing, _metrics), progress)
                    : new WindowAggregator(lane, windowing),
                [new Discard()]),
            new PipelineOptions());
        var address = new KafkaAddress { BootstrapServers = brokers, Group = $"bench-{Environment.ProcessId}-{_group++}" };
        var options = new ConsumingOptions { Topics = Topics.Clickstream };
        using var pump = new LogPump(address, options, new EmptyLedger(), new ChunkTracker(_metrics), pool, sink, TimeProvider.System, _metrics, NullLogger<LogPump>.Instance);
        using var stopping = new CancellationTokenSource();
        var pumping = pump.RunAsync(stopping.Token);
        await progress.Done.WaitAsync(TimeSpan.FromMinutes(5));
        await stopping.CancelAsync();
        await pumping;
        sink.Complete();
        await sink.Completion;
        return progress;
    }

    /// <summary>From the first record that the graph takes to the last that its rows are made of.</summary>
    private sealed class Progress(long records)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _started;

        public long Records { get; private set; }

        public long Bytes { get; private set; }

        public double Seconds { get; private set; }

        public Task Done => _done.Task;

        public void Took(RawBatch batch)
        {
            if (batch.Count > 0 && _started == 0)
            {
                _started = Stopwatch.GetTimestamp();
            }

            for (var row = 0; row < batch.Count; row++)
            {
                Bytes += batch.Lengths[row];
            }
        }

        public void Made(int rows)
        {
            Records += rows;
            if (Records >= records && !_done.Task.IsCompleted)
            {
                Seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
                _done.SetResult();
            }
        }
    }

    private sealed class Watched(IStage<RawBatch, DecodedBatch> stage, Progress progress) : IStage<RawBatch, DecodedBatch>
    {
        public ValueTask<DecodedBatch> ApplyAsync(RawBatch batch, CancellationToken cancellation)
        {
            lock (progress)
            {
                progress.Took(batch);
            }

            return stage.ApplyAsync(batch, cancellation);
        }
    }

    private sealed class WatchedLane(ILane<LaneSlice, LaneOutput> lane, Progress progress) : ILane<LaneSlice, LaneOutput>
    {
        public LaneOutput? Apply(LaneSlice slice)
        {
            var rows = slice.Batch.Decoded.Raw.Count;
            var output = lane.Apply(slice);
            progress.Made(rows);
            return output;
        }
    }

    private sealed class Discard : IWriter<LaneOutput>
    {
        public ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
        {
            foreach (var table in output.Tables)
            {
                table.Dispose();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class EmptyLedger : ILedgerReader
    {
        public Task<long> ChunkSizeAsync(string topic, long size, CancellationToken cancellation) => Task.FromResult(size);

        public Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<LedgerEntry>>([]);

        public Task<IReadOnlyList<KnownId>> KnownIdsAsync(ulong epoch, string topic, int partition, int count, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<KnownId>>([]);
    }
}
