using System.Diagnostics;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Registry;
using Analytics.Worker;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;
using Analytics.Worker.Windowing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Benchmarks.Rows;

/// <summary>The worker's whole graph on records in memory: decode, validate, enrich, duplicates, lanes, cells, uniques, and the rows for ClickHouse.</summary>
/// <remarks>Only the ends differ from the worker: batches come from an array instead of Kafka, and finished rows are dropped instead of sent.</remarks>
internal sealed class GraphInMemory : IContender
{
    private const int BatchRecords = 4_096;
    private const int RecordsPerFlush = 16 * BatchRecords;
    private const int Lanes = 2;

    private readonly Clickstream _clickstream;
    private readonly SchemaRegistryClient _registry;
    private readonly WorkerMetrics _metrics = new();
    private readonly Pool<RawBatch> _batches = new(() => new RawBatch(), keep: 64);

    /// <summary>The schema comes from the registry's cache on disk.</summary>
    public GraphInMemory(Clickstream clickstream, BenchFolder folder)
    {
        _clickstream = clickstream;
        _registry = folder.Registry();
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        var rows = new RowCounter();
        await RunAsync(rows, flushes: false);
        return rows.ToString();
    }

    /// <inheritdoc/>
    public Task<double> RunAsync() => RunAsync(new RowCounter(), flushes: true);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registry.Dispose();
        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<double> RunAsync(RowCounter rows, bool flushes)
    {
        var graph = Build(rows);
        var chunk = new Chunk(new ChunkId(1, Topics.Clickstream, 0, 0), Clickstream.Start, 1, CancellationToken.None);
        var started = Stopwatch.GetTimestamp();
        for (var first = 0; first < _clickstream.Count; first += BatchRecords)
        {
            var batch = Fill(chunk, first);
            batch.Flush = first + BatchRecords >= _clickstream.Count ? Flush.Seal
                : flushes && first % RecordsPerFlush == RecordsPerFlush - BatchRecords ? Flush.History | Flush.Live
                : Flush.None;
            await graph.SendAsync(batch);
        }

        graph.Complete();
        await graph.Completion;
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private Sink<RawBatch> Build(RowCounter rows)
    {
        var decoder = new AvroDecoder(_registry, new DecodingOptions(), TimeProvider.System, NullLogger<AvroDecoder>.Instance);
        var enricher = new EventEnricher(new EnrichingOptions(), decoded =>
        {
            var raw = decoded.Raw;
            decoder.Return(decoded);
            _batches.Return(raw);
        });
        var windowing = new WindowingOptions();
        return Pipeline.Build(
            new Stages(
                (new DecodingOptions().Step, decoder),
                enricher,
                new KeyPartitioner(),
                Lanes + 1,
                lane => lane == Lanes ? new RawRows(lane, windowing, _metrics) : new WindowAggregator(lane, windowing),
                [rows]),
            new PipelineOptions());
    }

    // As the consumer does: the records' bytes are copied out of the client's memory.
    private RawBatch Fill(Chunk chunk, int first)
    {
        var batch = _batches.Rent();
        var count = Math.Min(BatchRecords, _clickstream.Count - first);
        var start = _clickstream.StartOf(first);
        var size = _clickstream.StartOf(first + count) - start;
        if (batch.Offsets.Length < BatchRecords)
        {
            (batch.Offsets, batch.Timestamps, batch.Starts, batch.Lengths) = (new long[BatchRecords], new long[BatchRecords], new int[BatchRecords], new int[BatchRecords]);
        }

        if (batch.Bytes.Length < size + RawBatch.Padding)
        {
            batch.Bytes = new byte[size * 2 + RawBatch.Padding];
        }

        Buffer.BlockCopy(_clickstream.Bytes, start, batch.Bytes, 0, size);
        for (var row = 0; row < count; row++)
        {
            batch.Offsets[row] = first + row;
            batch.Timestamps[row] = Clickstream.Start + Clickstream.Span;
            batch.Starts[row] = _clickstream.StartOf(first + row) - start;
            batch.Lengths[row] = _clickstream.LengthOf(first + row);
        }

        (batch.Chunk, batch.WarmUp, batch.Count, batch.LastOffset) = (chunk, false, count, first + count - 1);
        return batch;
    }

    /// <summary>Takes the finished rows, counts them and gives their memory back.</summary>
    private sealed class RowCounter : IWriter<LaneOutput>
    {
        private long _cells;
        private long _users;
        private long _accepted;

        public ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
        {
            foreach (var table in output.Tables)
            {
                if (table.Shape == Tables.Cells)
                {
                    _cells += table.Rows;
                }
                else if (table.Shape == Tables.Uniques)
                {
                    // A column of arrays is one 8-byte length a row and 8 bytes a value.
                    _users += table.Blocks.Values.Sum(block => block[7].Length / 8 - block.Rows);
                }

                table.Dispose();
            }

            _accepted = output.Counts?.Accepted ?? _accepted;
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public override string ToString() => $"{_accepted} events, {_cells} groups, {_users} users in them";
    }
}
