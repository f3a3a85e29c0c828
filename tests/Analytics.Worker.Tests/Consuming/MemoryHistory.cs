using System.Buffers.Binary;
using System.Collections.Concurrent;
using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;
using Analytics.Worker.Consuming;
using Analytics.Worker.Writing;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>The history in memory, shared by all workers of a test: per chunk the records that were counted, where a higher version wins.</summary>
internal sealed class MemoryHistory : ILedgerReader
{
    private readonly ConcurrentDictionary<ChunkId, ChunkRow> _rows = new();
    private readonly ConcurrentDictionary<string, ChunkLimits> _limits = new();

    /// <summary>One row a chunk.</summary>
    public IEnumerable<KeyValuePair<ChunkId, ChunkRow>> Rows => _rows;

    /// <summary>Records counted by now.</summary>
    public long Counted => _rows.Values.Sum(row => (long)row.Values.Length);

    /// <summary>Records of one partition counted by now.</summary>
    public long CountedOf(int partition) => _rows.Where(row => row.Key.Partition == partition).Sum(row => (long)row.Value.Values.Length);

    /// <summary>Records of one log counted by now.</summary>
    public long CountedUnder(ulong epoch) => Counted - CountedBesides(epoch);

    /// <summary>Records counted by now, of all logs but one.</summary>
    public long CountedBesides(ulong epoch) => _rows.Where(row => row.Key.Epoch != epoch).Sum(row => (long)row.Value.Values.Length);

    /// <summary>Older logs whose ids a take-over asked for, and from which offset on.</summary>
    public ConcurrentBag<(ulong Epoch, long From)> AskedForIds { get; } = [];

    public void Write(ChunkId chunk, ChunkRow row) => _rows.AddOrUpdate(chunk, row, (_, old) => row.Version > old.Version ? row : old);

    public Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancellation) => Task.FromResult(_limits.GetOrAdd(topic, limits));

    public Task<IReadOnlyList<LedgerEntry>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LedgerEntry>>(
        [
            .. from row in _rows
               where row.Key.Epoch == epoch && row.Key.Topic == topic && row.Key.Partition == partition
               orderby row.Key.FirstOffset
               select new LedgerEntry(row.Key.FirstOffset, row.Value.LastOffset, row.Value.IsSealed),
        ]);

    public Task<IReadOnlySet<long>> UnreadAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<long>>(new HashSet<long>());

    public Task<IReadOnlyList<OlderLog>> OlderLogsAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OlderLog>>(
        [
            .. from row in _rows
               where row.Key.Epoch != epoch && row.Key.Topic == topic && row.Key.Partition == partition
               group row.Value by row.Key.Epoch into log
               select new OlderLog(log.Key, log.Max(row => row.LastOffset) + 1, log.Any(row => row.IsSealed && row.LastOffset + 1 == committed)),
        ]);

    public Task<IReadOnlyList<(long Offset, Guid Id)>> EventIdsAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancellation)
    {
        AskedForIds.Add((epoch, from));
        return Task.FromResult<IReadOnlyList<(long Offset, Guid Id)>>([]);
    }

    /// <summary>Fails unless the chunks tile the first <paramref name="records"/> offsets of a partition, and each record was counted once, in order.</summary>
    public void AssertTiles(string topic, int partition, long records)
    {
        var next = 0L;
        foreach (var (chunk, row) in _rows.Where(row => row.Key.Topic == topic && row.Key.Partition == partition).OrderBy(row => row.Key.FirstOffset))
        {
            Assert.Equal(next, chunk.FirstOffset);
            Assert.Equal(Enumerable.Range(0, row.Values.Length).Select(i => chunk.FirstOffset + i), row.Values);
            next = row.LastOffset + 1;
            Assert.Equal(next, chunk.FirstOffset + row.Values.Length);
        }

        Assert.Equal(records, next);
    }
}

/// <summary>A chunk as far as it is counted: the numbers that its records carry, in order.</summary>
internal sealed record ChunkRow(long[] Values, long LastOffset, bool IsSealed)
{
    public long Version => (2 * LastOffset) + (IsSealed ? 1 : 0);
}

/// <summary>Counts the records of each chunk and writes absolute rows at each history flush, as the real lanes and writers do; its gate stalls it.</summary>
internal sealed class CountingWriter(MemoryHistory history, IChunkReceipts receipts, Pool<RawBatch> pool) : IWriter<RawBatch>
{
    private readonly Dictionary<Chunk, List<long>> _open = [];
    private TaskCompletionSource _gate = Opened();

    /// <summary>Offsets that warmed the filter.</summary>
    public ConcurrentQueue<long> Warmed { get; } = new();

    public void Stall() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => _gate.TrySetResult();

    public async ValueTask WriteAsync(RawBatch output, CancellationToken cancellation)
    {
        await _gate.Task.WaitAsync(cancellation);
        await output.Confirmed.WaitAsync(cancellation);
        if (!output.Chunk.IsLost)
        {
            Write(output);
        }

        pool.Return(output);
    }

    public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    private void Write(RawBatch batch)
    {
        if (batch.WarmUp)
        {
            Array.ForEach(batch.Offsets[..batch.Count], Warmed.Enqueue);
            return;
        }

        if (!_open.TryGetValue(batch.Chunk, out var values))
        {
            _open[batch.Chunk] = values = [];
        }

        for (var row = 0; row < batch.Count; row++)
        {
            values.Add(BinaryPrimitives.ReadInt64LittleEndian(batch.Bytes.AsSpan(batch.Starts[row], batch.Lengths[row])));
        }

        if (batch.Flush.HasFlag(Flush.History))
        {
            var isSealed = batch.Flush.HasFlag(Flush.Seal);
            history.Write(batch.Chunk.Id, new ChunkRow([.. values], batch.LastOffset, isSealed));
            receipts.Settled(batch.Chunk, batch.LastOffset, isSealed);
        }
    }

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}

/// <summary>One lane that hands everything on.</summary>
internal sealed class OneLane : ISplitter<RawBatch, RawBatch>, ILane<RawBatch, RawBatch>
{
    public void Split(RawBatch batch, RawBatch?[] slices) => slices[0] = batch;

    public RawBatch? Apply(RawBatch slice) => slice;
}
