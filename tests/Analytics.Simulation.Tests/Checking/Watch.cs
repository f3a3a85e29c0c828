using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Checking;

/// <summary>Looks on while faults come: what is committed must be a border below which the ledger is complete, and in the end all of it must be.</summary>
internal sealed class Watch(World world)
{
    private static readonly Dictionary<long, (long Last, bool IsSealed)> None = [];
    private Dictionary<LogKey, Dictionary<long, (long Last, bool IsSealed)>> _ledgers = [];
    private int _arrivals;

    /// <summary>A worker states that everything below an offset is counted for good. False when that is so of the topic before it was recreated, and not of this one.</summary>
    public bool Committed((string Topic, int Partition) at, long offset)
    {
        var faults = world.AllLogs.Where(log => (log.Topic, log.Partition) == at).OrderByDescending(log => log.Life).Select(log => FaultOf(log, offset)).ToList();
        if (faults.TrueForAll(fault => fault is not null))
        {
            world.Fail(faults[0]!);
        }

        return faults[0] is null;
    }

    /// <summary>True when every record of a log is in the ledger, and all chunks but the last are sealed.</summary>
    public bool IsCounted(MadeLog log)
    {
        if (!log.IsWhole)
        {
            return false;
        }

        var chunks = world.Truth.Ledgers[log.Key];
        var rows = LedgerOf(log);
        return chunks.TrueForAll(chunk => rows.TryGetValue(chunk.First, out var row) && row.Last == chunk.Last && row.IsSealed == (chunk != chunks[^1]));
    }

    // What is wrong with a commit, were it of this log.
    private string? FaultOf(MadeLog log, long offset)
    {
        var chunks = world.Truth.Ledgers[log.Key];
        var end = chunks.FindIndex(chunk => chunk.Last + 1 == offset);
        if (end < 0)
        {
            return $"committed {offset} of {log.Key}, which is not the end of a chunk";
        }

        var rows = LedgerOf(log);
        var missing = chunks.Take(end + 1).FirstOrDefault(chunk => !rows.TryGetValue(chunk.First, out var row) || row.Last != chunk.Last || !row.IsSealed);
        return missing is null ? null : $"committed {offset} of {log.Key}, but the ledger has no sealed row of {missing}";
    }

    /// <summary>True when every record of the last log of every topic is in the ledger.</summary>
    public bool IsAllCounted => world.Logs.TrueForAll(log => log.Life == world.Plan.Recreations && IsCounted(log));

    /// <summary>True when all is counted, every sealed chunk is committed, and nobody believes what is not so.</summary>
    public bool IsAllDone => IsAllCounted && world.Logs.TrueForAll(IsCommitted) && !world.Live.IsStale && world.Workers.TrueForAll(worker => worker.SeenLive == world.Live.Incarnation)
        && world.Wire.Landing == 0 && world.Group.Dead is null && world.Workers.TrueForAll(worker => !worker.Client.IsZombie) && Comparison.LiveFault(world) is null;

    /// <summary>What is not done yet, for a failure's report.</summary>
    public string Missing() => string.Join('\n', [.. world.Logs.Select(Missing), .. world.Workers.Select(worker => worker.ToString()), Comparison.LiveFault(world) ?? ""]);

    // An owner commits what it has sealed itself: not what was moved back behind it, nor what the ledger told it at its start.
    private bool IsCommitted(MadeLog log)
    {
        var (at, chunks) = ((log.Topic, log.Partition), world.Truth.Ledgers[log.Key]);
        var end = chunks.Count > 1 ? chunks[^2].Last + 1 : -1;
        return world.Group.Rewound.Contains(at) || world.Group.Stale.Contains(at) || world.Group.Committed.GetValueOrDefault(at, -1) == end
            || (world.Group.ByLedger.Contains(at) && !world.Group.Committed.ContainsKey(at));
    }

    private string Missing(MadeLog log)
    {
        var (at, chunks, rows) = ((log.Topic, log.Partition), world.Truth.Ledgers[log.Key], LedgerOf(log));
        var open = chunks.Find(chunk => !rows.TryGetValue(chunk.First, out var row) || row.Last != chunk.Last || row.IsSealed != (chunk != chunks[^1]));
        return $"{log.Key}, life {log.Life}: committed {world.Group.Committed.GetValueOrDefault(at, -1)} of {chunks[^1].First}, first missing chunk: {open}, ledger: {(open is null ? null : rows.GetValueOrDefault(open.First))}";
    }

    // Asked for far more often than the ledger changes.
    private Dictionary<long, (long Last, bool IsSealed)> LedgerOf(MadeLog log)
    {
        if (_arrivals != world.History.Arrivals("ledger"))
        {
            _arrivals = world.History.Arrivals("ledger");
            _ledgers = world.History.Rows("ledger")
                .GroupBy(row => new LogKey(row.Text("topic"), (int)row.Number("kafka_partition"), (ulong)row.Number("epoch")))
                .ToDictionary(rows => rows.Key, rows => rows.ToDictionary(row => row.Number("chunk"), row => (row.Number("last_offset"), row.Number("sealed") == 1)));
        }

        return _ledgers.GetValueOrDefault(log.Key, None);
    }
}
