using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Checking;

/// <summary>Looks on while faults come: what is committed must be a border below which the ledger is complete, and in the end all of it must be.</summary>
internal sealed class Watch(World world)
{
    private readonly Dictionary<(string Topic, int Partition), Dictionary<long, int>> _borders = world.Truth.Ledgers.ToDictionary(
        ledger => ledger.Key, ledger => ledger.Value.Select((chunk, i) => (chunk.Last + 1, i + 1)).ToDictionary());

    /// <summary>A worker states that everything below an offset is counted for good.</summary>
    public void Committed((string Topic, int Partition) at, long offset)
    {
        if (!_borders[at].TryGetValue(offset, out var chunks))
        {
            world.Fail($"committed {offset} of {at}, which is not the end of a chunk");
            return;
        }

        var rows = LedgerOf(at);
        foreach (var chunk in world.Truth.Ledgers[at].Take(chunks))
        {
            if (!rows.TryGetValue(chunk.First, out var row) || row.Last != chunk.Last || !row.IsSealed)
            {
                world.Fail($"committed {offset} of {at}, but the ledger has no sealed row of {chunk}");
                return;
            }
        }
    }

    /// <summary>True when every record is in the ledger, every sealed chunk is committed, and nobody believes what is not so.</summary>
    public bool IsAllDone => world.Logs.All(log => log.IsWhole && IsDone((log.Topic, log.Partition)))
        && !world.Live.IsStale && world.Workers.TrueForAll(worker => worker.SeenLive == world.Live.Incarnation) && world.Wire.Landing == 0 && !world.Group.Dead.Any() && world.Workers.TrueForAll(worker => !worker.Client.IsZombie)
        && Comparison.LiveFault(world) is null;

    /// <summary>What is not done yet, for a failure's report.</summary>
    public string Missing() => string.Join('\n', [.. world.Logs.Select(log => Missing((log.Topic, log.Partition))), .. world.Workers.Select(worker => worker.ToString()), Comparison.LiveFault(world) ?? ""]);

    private bool IsDone((string Topic, int Partition) at)
    {
        var chunks = world.Truth.Ledgers[at];
        var rows = LedgerOf(at);
        return chunks.TrueForAll(chunk => rows.TryGetValue(chunk.First, out var row) && row.Last == chunk.Last && row.IsSealed == (chunk != chunks[^1]))
            && IsCommitted(at, chunks.Count > 1 ? chunks[^2].Last + 1 : -1);
    }

    // An owner commits what it has sealed itself: not what was moved back behind it, nor what the ledger told it at its start.
    private bool IsCommitted((string Topic, int Partition) at, long end) =>
        world.Group.Rewound.Contains(at) || world.Group.Committed.GetValueOrDefault(at, -1) == end || (world.Group.ByLedger.Contains(at) && !world.Group.Committed.ContainsKey(at));

    private string Missing((string Topic, int Partition) at)
    {
        var chunks = world.Truth.Ledgers[at];
        var rows = LedgerOf(at);
        var open = chunks.Find(chunk => !rows.TryGetValue(chunk.First, out var row) || row.Last != chunk.Last || row.IsSealed != (chunk != chunks[^1]));
        return $"{at}: committed {world.Group.Committed.GetValueOrDefault(at, -1)} of {chunks[^1].First}, first missing chunk: {open}, ledger: {(open is null ? null : rows.GetValueOrDefault(open.First))}";
    }

    private Dictionary<long, (long Last, bool IsSealed)> LedgerOf((string Topic, int Partition) at) => world.History.Rows("ledger")
        .Where(row => row.Text("topic") == at.Topic && row.Number("kafka_partition") == at.Partition)
        .ToDictionary(row => row.Number("chunk"), row => (row.Number("last_offset"), row.Number("sealed") == 1));
}
