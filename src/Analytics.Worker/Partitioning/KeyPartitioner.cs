using System.Numerics;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Partitioning;

/// <summary>Finds the duplicates of each partition, applies the rules of its chunk (<see cref="ChunkRules"/>), then cuts a batch by lane: equal (tenant, name), equal lane, and for sessions equal (tenant, user). The raw lane, the last, gets every row.</summary>
/// <remarks>
/// One thread; batches of a partition in offset order. Batches from before the start (<see cref="RawBatch.WarmUp"/>) and
/// <see cref="Chunk.KnownIds"/> only feed the partition's filter. A filter lives as long as the worker owns the partition: a new assignment
/// has a new <see cref="Chunk.Lost"/>, and starts with an empty filter. Duplicates are judged before rejections by rule: the id of every decodable
/// record counts, whatever became of it.
/// </remarks>
internal sealed class KeyPartitioner : ISplitter<EnrichedBatch, LaneSlice>
{
    // Records between asking for the memory of one and using it: about as long as memory takes.
    private const int Ahead = 12;
    private readonly Dictionary<(ulong Epoch, string Topic, int Partition), Owned> _filters = [];
    private readonly Pool<LaneSlice> _slices = new(() => new LaneSlice(), keep: 512);
    private readonly Action<LaneSlice> _giveBack;
    private readonly int _horizon;
    private ulong[] _hashes = [];
    private readonly IEventConfigs? _configs;
    private readonly CountingOptions _defaults = new();

    /// <summary>A partitioner that has seen nothing.</summary>
    /// <param name="horizon">How many offsets back an event id is known, see <see cref="DuplicateFilter"/>.</param>
    /// <param name="configs">What a chunk is counted by; null for the defaults.</param>
    public KeyPartitioner(int horizon = DuplicateFilter.Horizon, IEventConfigs? configs = null) =>
        (_giveBack, _horizon, _configs) = (_slices.Return, horizon, configs);

    /// <inheritdoc/>
    public void Split(EnrichedBatch batch, LaneSlice?[] slices)
    {
        var raw = batch.Decoded.Raw;
        if (raw.Chunk.Lost.IsCancellationRequested)
        {
            batch.Release();
            return;
        }

        var owned = OwnedOf(raw.Chunk);
        MarkDuplicates(owned.Filter, raw, batch.Decoded.Columns);
        if (raw.WarmUp)
        {
            batch.Release();
            return;
        }

        owned.Rules.Apply(batch, _configs?.Of(raw.Chunk.ConfigVersion).Counting ?? _defaults);

        batch.Retain(slices.Length - 1);
        for (var lane = 0; lane < slices.Length; lane++)
        {
            var slice = _slices.Rent();
            slice.Begin(batch, lane, raw.Count, _giveBack);
            slices[lane] = slice;
        }

        Share(batch, raw.Count, slices);
    }

    private static void Share(EnrichedBatch batch, int rows, LaneSlice?[] slices)
    {
        var columns = batch.Decoded.Columns;
        var (verdicts, tenants, names, users) = (columns.Verdicts, columns.Tenant.Values, batch.Names, batch.UserHashes);
        var lanes = (uint)slices.Length - 1;
        var all = slices[^1]!;
        for (var row = 0; row < rows; row++)
        {
            all.Rows[row] = row;
            if (verdicts[row] == Verdict.Accepted)
            {
                // The high half of the product spreads evenly over any number of lanes. Word ids are the chunk's, and so are the lanes' tables.
                var tenant = Hash64.Mix((ulong)tenants[row]);
                var slice = slices[(int)Math.BigMul(Hash64.Join(tenant, (uint)names[row]), lanes, out _)]!;
                slice.Rows[slice.Count++] = row;
                if (users[row] != 0)
                {
                    slice = slices[(int)Math.BigMul(Hash64.Join(tenant, users[row]), lanes, out _)]!;
                    slice.Visits[slice.VisitCount++] = row;
                }
            }
        }

        all.Count = rows;
    }

    private void MarkDuplicates(DuplicateFilter filter, RawBatch raw, EventColumns columns)
    {
        var (high, low, offsets, verdicts) = (columns.EventId.High, columns.EventId.Low, raw.Offsets, columns.Verdicts);
        if (_hashes.Length < raw.Count)
        {
            _hashes = new ulong[BitOperations.RoundUpToPowerOf2((uint)raw.Count)];
        }

        var hashes = _hashes.AsSpan(0, raw.Count);
        for (var row = 0; row < hashes.Length; row++)
        {
            hashes[row] = DuplicateFilter.HashOf(high[row], low[row]);
        }

        for (var row = 0; row < hashes.Length; row++)
        {
            if (row + Ahead < hashes.Length)
            {
                filter.Expect(hashes[row + Ahead]);
            }

            if (HasId(verdicts[row]) && (high[row] | low[row]) != 0 && filter.Seen(offsets[row], high[row], low[row], hashes[row]))
            {
                verdicts[row] = Verdict.Duplicate;
            }
        }
    }

    // What the frame or Avro rejected, or was empty, has no id that could be trusted.
    private static bool HasId(Verdict verdict) => verdict is Verdict.Accepted or >= Verdict.MissingTenant;

    private Owned OwnedOf(Chunk chunk)
    {
        var key = (chunk.Id.Epoch, chunk.Id.Topic, chunk.Id.Partition);
        if (_filters.TryGetValue(key, out var owned) && owned.Lost == chunk.Lost)
        {
            return owned;
        }

        var filter = owned?.Filter ?? Abandoned();
        filter.Clear();
        foreach (var id in chunk.KnownIds)
        {
            filter.Seen(id.Offset, id.High, id.Low);
        }

        return _filters[key] = new Owned(filter, new ChunkRules(), chunk.Lost);
    }

    // The filter of a partition that is no longer ours, or a new one.
    private DuplicateFilter Abandoned()
    {
        foreach (var (key, owned) in _filters)
        {
            if (owned.Lost.IsCancellationRequested)
            {
                _filters.Remove(key);
                return owned.Filter;
            }
        }

        return new DuplicateFilter(_horizon);
    }

    private sealed record Owned(DuplicateFilter Filter, ChunkRules Rules, CancellationToken Lost);
}
