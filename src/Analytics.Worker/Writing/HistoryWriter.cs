using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Analytics.Core.Chunks;
using Analytics.Storage;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Rows;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;

namespace Analytics.Worker.Writing;

/// <summary>Writes the history: all rows of a flush to ClickHouse and its dead letters to Kafka, then its ledger row, then the receipt.</summary>
/// <remarks>
/// Outputs are taken by one thread and written by another; between them waits a bounded queue, and all that waits goes into one insert per table and
/// group of partitions. Queue and insert share a budget of memory, beyond which no more records are read. Every row is absolute and versioned, so a repeated or regrouped insert changes nothing. ClickHouse away: tried again until
/// it is back, however long. ClickHouse refusing a row: a bug, which ends the graph. Rows of a lost chunk are left out where that is known in time; it is known
/// before anything is written whether the chunk's topic is still the log that was read (<see cref="LaneOutput.Confirmed"/>).
/// </remarks>
internal sealed class HistoryWriter : IWriter<LaneOutput>, IDisposable
{
    private static readonly TableShape[] Order =
        [Tables.Events, Tables.OrderLines, Tables.StockLevels, Tables.Rejected, Tables.Cells, Tables.ProductCells, Tables.Uniques, Tables.SessionCells];

    private readonly ClickHouseClient _clickHouse;
    private readonly DeadLetterWriter _deadLetters;
    private readonly IChunkReceipts _receipts;
    private readonly WindowingOptions _windowing;
    private readonly WriteRetry _retry;
    private readonly WorkerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly FlushGathering _gathering;
    private readonly Dictionary<string, string> _settings;
    private readonly Channel<GatheredFlush> _queue;
    private readonly ByteBudget _budget;
    private readonly long _groupBytes;
    private readonly int _inserts;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _writing;

    /// <summary>A writer that waits for outputs.</summary>
    /// <param name="clickHouse">The store.</param>
    /// <param name="deadLetters">Sends rejected records.</param>
    /// <param name="receipts">Hears what is stored.</param>
    /// <param name="lanes">Lanes, the raw lane included.</param>
    /// <param name="options">Queue and retries.</param>
    /// <param name="windowing">Retention of the ledger, partitions of an insert.</param>
    /// <param name="time">The clock of waits and durations.</param>
    /// <param name="metrics">Told of each write.</param>
    /// <param name="log">Told of each failed write.</param>
    public HistoryWriter(
        ClickHouseClient clickHouse, DeadLetterWriter deadLetters, IChunkReceipts receipts, int lanes, WritingOptions options, WindowingOptions windowing,
        TimeProvider time, WorkerMetrics metrics, ILogger<HistoryWriter> log)
    {
        (_clickHouse, _deadLetters, _receipts, _windowing, _time, _metrics) = (clickHouse, deadLetters, receipts, windowing, time, metrics);
        _gathering = new FlushGathering(lanes);
        _retry = new WriteRetry(
            "history", failure => failure is ClickHouseUnavailableException, TimeSpan.FromSeconds(options.RetryCeilingSeconds), Environment.ProcessId, time, metrics, log);
        _settings = new() { ["max_partitions_per_insert_block"] = windowing.PartitionsPerInsert.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        _groupBytes = (long)(options.HistoryMegabytes * (1 << 19));
        _inserts = options.HistoryInserts;
        _budget = new ByteBudget(_groupBytes * 2);
        _queue = Channel.CreateBounded<GatheredFlush>(new BoundedChannelOptions(options.HistoryQueue) { SingleReader = true, SingleWriter = true });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>What ClickHouse was last seen to refuse or not to answer; null when the last write was taken. Any thread.</summary>
    public Outage? Outage => _retry.Outage;

    /// <inheritdoc/>
    public bool HasRoom => _budget.HasRoom;

    /// <inheritdoc/>
    public Task RoomAsync() => _budget.RoomAsync();

    /// <inheritdoc/>
    public async ValueTask WriteAsync(LaneOutput output, CancellationToken cancellation)
    {
        if (_gathering.Add(output) is not { } flush || ((flush.Flush & Flush.History) == 0 && flush.Outputs.All(part => part.Tables.Count == 0)))
        {
            return;
        }

        _budget.Take(MemoryOf(flush));
        using var _ = cancellation.Register(_ended.Cancel);
        while (!_queue.Writer.TryWrite(flush))
        {
            // Refused for good only when writing has failed; its failure is the graph's.
            if (!await _queue.Writer.WaitToWriteAsync(cancellation).ConfigureAwait(false))
            {
                await _writing.ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        using var _ = cancellation.Register(_ended.Cancel);
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    /// <summary>After the last call.</summary>
    public void Dispose() => _ended.Dispose();

    private async Task WriteAllAsync()
    {
        try
        {
            var group = new List<GatheredFlush>();
            while (await _queue.Reader.WaitToReadAsync(_ended.Token).ConfigureAwait(false))
            {
                var memory = TakeGroup(group);
                await WriteGroupAsync(group).ConfigureAwait(false);
                _budget.Return(memory);
            }
        }
        catch (Exception failure)
        {
            // The next output meets it, and so the graph ends with it.
            _queue.Writer.TryComplete(failure);
            _budget.Lift();
            throw;
        }
    }

    // Half of what may wait: while it is written the other half comes, and nobody stands still.
    private long TakeGroup(List<GatheredFlush> group)
    {
        group.Clear();
        var memory = 0L;
        while (memory < _groupBytes && _queue.Reader.TryRead(out var flush))
        {
            group.Add(flush);
            memory += MemoryOf(flush);
        }

        return memory;
    }

    private static long MemoryOf(GatheredFlush flush) =>
        TablesOf(flush).Sum(table => table.Memory) + flush.Outputs.Sum(output => output.DeadLetters.Sum(letter => (long)letter.Record.Length));

    private async Task WriteGroupAsync(List<GatheredFlush> group)
    {
        await Task.WhenAll(group.Select(flush => flush.Confirmed)).WaitAsync(_ended.Token).ConfigureAwait(false);
        await InsertAllAsync(group).ConfigureAwait(false);
        foreach (var flush in group)
        {
            foreach (var output in flush.Outputs.Where(output => output.DeadLetters.Count > 0))
            {
                await _deadLetters.WriteAsync(output.Chunk, output.DeadLetters, _ended.Token).ConfigureAwait(false);
            }
        }

        var settled = group.Where(flush => (flush.Flush & Flush.History) != 0 && !flush.Chunk.IsLost).ToList();
        await WriteLedgerAsync(settled).ConfigureAwait(false);
        foreach (var flush in settled)
        {
            _receipts.Settled(flush.Chunk, flush.LastOffset, flush.IsSeal);
        }

        foreach (var table in group.SelectMany(TablesOf))
        {
            table.Dispose();
        }
    }

    private static IEnumerable<TableRows> TablesOf(GatheredFlush flush) => flush.Outputs.SelectMany(output => output.Tables);

    private static SortedSet<long> Groups(List<GatheredFlush> group, TableShape shape) =>
        [.. group.SelectMany(TablesOf).Where(table => table.Shape == shape).SelectMany(table => table.Blocks.Keys)];

    // Some at once: while ClickHouse writes the parts of one, it reads another.
    private async Task InsertAllAsync(List<GatheredFlush> group)
    {
        var inserts = new ConcurrentQueue<(TableShape Shape, long Partitions)>(Order.SelectMany(shape => Groups(group, shape).Select(partitions => (shape, partitions))));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        await Task.WhenAll(Enumerable.Range(0, _inserts).Select(_ => InsertNextAsync())).ConfigureAwait(false);

        async Task InsertNextAsync()
        {
            var isDone = false;
            try
            {
                while (inserts.TryDequeue(out var next))
                {
                    await InsertAsync(next.Shape, group, next.Partitions, ended.Token).ConfigureAwait(false);
                }

                isDone = true;
            }
            finally
            {
                if (!isDone)
                {
                    // A bug, which ends the graph: the others would go on trying for as long as ClickHouse is away.
                    await ended.CancelAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private async Task InsertAsync(TableShape shape, List<GatheredFlush> group, long partitions, CancellationToken ended)
    {
        await _retry.UntilWrittenAsync($"write {shape.Table}", async cancellation =>
        {
            // Chosen at each try: what has been lost meanwhile is for its new owner to write.
            var blocks = group.Where(flush => !flush.Chunk.IsLost)
                .SelectMany(TablesOf)
                .Where(table => table.Shape == shape && table.Blocks.ContainsKey(partitions))
                .Select(table => table.Blocks[partitions])
                .ToList();
            if (blocks.Count > 0)
            {
                await _clickHouse.InsertAsync(shape.Insert, BodyOf(blocks), _settings, cancellation).ConfigureAwait(false);
            }
        }, ended).ConfigureAwait(false);
    }

    private async Task WriteLedgerAsync(List<GatheredFlush> settled)
    {
        if (settled.Count == 0)
        {
            return;
        }

        using var rows = new TableRows(Tables.Ledger, _windowing.PartitionsPerInsert);
        foreach (var flush in settled)
        {
            LedgerRows.Add(rows, LedgerRowOf(flush), _windowing.EventRetention);
        }

        await _retry.UntilWrittenAsync(
            "write the ledger",
            cancellation => _clickHouse.InsertAsync(Tables.Ledger.Insert, BodyOf([.. rows.Blocks.Values]), _settings, cancellation),
            _ended.Token).ConfigureAwait(false);
        foreach (var flush in settled)
        {
            Report(flush);
        }
    }

    // How old the newest event of the flush is when it can be queried.
    private void Report(GatheredFlush flush)
    {
        if (flush.IsSeal)
        {
            _metrics.Folded(flush.Outputs[^1].Counts?.Flagged ?? 0, FoldedOf(flush).ByDimension());
        }

        if (flush.Outputs[^1].Counts is { MaxEventTime: { } newest })
        {
            var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(newest);
            _metrics.Queryable("history", age > TimeSpan.Zero ? age : TimeSpan.Zero);
        }
    }

    private static LedgerRow LedgerRowOf(GatheredFlush flush)
    {
        var counts = flush.Outputs[^1].Counts
            ?? throw new InvalidOperationException($"The raw lane gave no counts for {flush.Chunk.Id} at {flush.LastOffset}: every history flush needs them.");
        return new LedgerRow(
            flush.Chunk.Id, flush.LastOffset, flush.IsSeal, flush.Chunk.ConfigVersion, counts.Read, counts.Accepted, counts.Duplicate, counts.Filtered,
            counts.Rejected, counts.Revenue)
        {
            KafkaTime = flush.Chunk.FirstTimestamp,
            MinEventTime = counts.MinEventTime,
            MaxEventTime = counts.MaxEventTime,
            Flagged = counts.Flagged,
            DebugOneIn = counts.DebugOneIn,
            Folded = FoldedOf(flush).ByDimension(),
            Skipped = counts.Skipped,
        };
    }

    private static FoldedCounts FoldedOf(GatheredFlush flush) => flush.Outputs.Aggregate(
        new FoldedCounts(flush.Outputs[^1].Counts?.FoldedNames ?? 0, 0, 0, 0), (sum, output) => sum.With(output.Folded));

    private static ReadOnlySequence<byte> BodyOf(List<NativeBlock> blocks) => Pieces.Join(blocks.SelectMany(block => block.Parts()));

    /// <summary>Pieces of memory as one sequence, copied nowhere.</summary>
    private sealed class Pieces : ReadOnlySequenceSegment<byte>
    {
        private Pieces(ReadOnlyMemory<byte> memory, Pieces? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }

        public static ReadOnlySequence<byte> Join(IEnumerable<ReadOnlyMemory<byte>> memories)
        {
            Pieces? first = null, last = null;
            foreach (var memory in memories)
            {
                last = new Pieces(memory, last);
                first ??= last;
            }

            return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
        }
    }
}
