using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Simulation.Tests.Making;

namespace Analytics.Simulation.Tests.Checking;

/// <summary>What became of one record.</summary>
internal enum Outcome
{
    Accepted,
    Duplicate,
    Filtered,
    Rejected,
}

/// <summary>Counts what was made, by the rules of SEMANTICS.md and DESIGN.md alone: no code of the worker takes part.</summary>
internal sealed class Recount
{
    private readonly Plan _plan;
    private readonly IReadOnlyList<MadeVersion> _versions;
    private readonly Func<LogKey, long, bool> _isKnown;
    private readonly Dictionary<LogKey, List<(long Chunk, MadeRecord Record)>> _accepted = [];
    private RecountedSums? _sums;

    /// <summary>Counts.</summary>
    /// <param name="plan">Size of chunks, horizon.</param>
    /// <param name="versions">Versions of the rules.</param>
    /// <param name="logs">The logs; of one topic and partition the oldest first.</param>
    /// <param name="isKnown">Whether a chunk goes by the schema that was registered late: what was settled first, which nothing but the run decides.</param>
    public Recount(Plan plan, IReadOnlyList<MadeVersion> versions, IReadOnlyList<MadeLog> logs, Func<LogKey, long, bool> isKnown)
    {
        (_plan, _versions, _isKnown) = (plan, versions, isKnown);
        foreach (var log in logs)
        {
            Count(log, KnownBefore([.. logs.Where(older => (older.Topic, older.Partition) == (log.Topic, log.Partition) && older.Life < log.Life)]));
        }
    }

    /// <summary>What the accepted records add up to.</summary>
    public RecountedSums Sums => _sums ??= new RecountedSums(Ledgers, _accepted);

    /// <summary>Every rejected record and its reason.</summary>
    public Dictionary<(LogKey Log, long Offset), string> Rejected { get; } = [];

    /// <summary>The ledger of each log, in order.</summary>
    public Dictionary<LogKey, List<CountedChunk>> Ledgers { get; } = [];

    // The events that older logs brought, as if the logs followed each other: this one begins at 0.
    private Dictionary<Guid, long> KnownBefore(IReadOnlyList<MadeLog> older)
    {
        var known = new Dictionary<Guid, long>();
        var end = -older.Sum(log => log.Records[^1].Offset + 1);
        foreach (var log in older)
        {
            foreach (var (_, record) in _accepted[log.Key])
            {
                known[record.Id] = record.Offset + end;
            }

            end += log.Records[^1].Offset + 1;
        }

        return known;
    }

    private void Count(MadeLog log, Dictionary<Guid, long> known)
    {
        var ledger = Ledgers[log.Key] = [];
        _accepted[log.Key] = [];
        long previous = -1;
        foreach (var made in log.Records)
        {
            var record = made;
            var opens = ledger.Count == 0 || ledger[^1].Bytes >= _plan.ChunkBytes || record.Offset / _plan.ChunkSize != previous / _plan.ChunkSize
                || record.Timestamp - ledger[^1].FirstTimestamp >= (long)ChunkBorder.MaxAge.TotalMilliseconds;
            if (opens)
            {
                ledger.LastOrDefault()?.End(record.Offset);
                ledger.Add(new CountedChunk(record.Offset, record.Timestamp, MadeVersion.At(_versions, record.Timestamp)));
            }

            record = record.IsOfLateSchema && !_isKnown(log.Key, ledger[^1].First)
                ? record with { Event = null, Id = Guid.Empty, Defect = "unknown_schema" }
                : Traffic.Judged(record, ledger[^1].Rules);
            var outcome = OutcomeOf(record, known);
            ledger[^1].Add(record, outcome);
            if (outcome == Outcome.Accepted)
            {
                _accepted[log.Key].Add((ledger[^1].First, record));
            }
            else if (outcome == Outcome.Rejected)
            {
                Rejected[(log.Key, record.Offset)] = record.Defect!;
            }

            previous = record.Offset;
        }
    }

    private Outcome OutcomeOf(MadeRecord record, Dictionary<Guid, long> known)
    {
        if (record.Event is null)
        {
            return record.Bytes is null ? Outcome.Filtered : Outcome.Rejected;
        }

        var isKnown = false;
        if (record.Id != Guid.Empty)
        {
            isKnown = known.TryGetValue(record.Id, out var before) && record.Offset - before <= _plan.Horizon;
            known[record.Id] = record.Offset;
        }

        return isKnown ? Outcome.Duplicate : record.Defect is not null ? Outcome.Rejected : Outcome.Accepted;
    }
}

/// <summary>One chunk as the log has it.</summary>
internal sealed class CountedChunk(long first, long firstTimestamp, MadeVersion rules)
{
    /// <summary>The rules that it counts by.</summary>
    public MadeVersion Rules => rules;

    public long First { get; } = first;

    public long FirstTimestamp => firstTimestamp;

    public long Last { get; private set; } = first;

    public long Read { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>Of its records.</summary>
    public long Bytes { get; private set; }

    public long Accepted { get; private set; }

    public long Duplicate { get; private set; }

    public long Filtered { get; private set; }

    public SortedDictionary<string, long> Rejected { get; } = new(StringComparer.Ordinal);

    public long Revenue { get; private set; }

    public long? MinEventTime { get; private set; }

    public long? MaxEventTime { get; private set; }

    public void Add(MadeRecord record, Outcome outcome)
    {
        Skipped += Math.Max(0, record.Offset - Last - 1);
        Bytes += record.Bytes?.Length ?? 0;
        Last = record.Offset;
        Read++;
        switch (outcome)
        {
            case Outcome.Accepted:
                Accepted++;
                MinEventTime = Math.Min(MinEventTime ?? long.MaxValue, record.EventTime);
                MaxEventTime = Math.Max(MaxEventTime ?? long.MinValue, record.EventTime);
                Revenue += record.Event is OrderEvent { Status: OrderStatus.Placed } order ? order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount) : 0;
                break;
            case Outcome.Duplicate:
                Duplicate++;
                break;
            case Outcome.Filtered:
                Filtered++;
                break;
            default:
                Rejected[record.Defect!] = Rejected.GetValueOrDefault(record.Defect!) + 1;
                break;
        }
    }

    /// <summary>The next chunk begins.</summary>
    public void End(long next) => Skipped += next - Last - 1;

    /// <summary>As a ledger row says it.</summary>
    public override string ToString() =>
        $"[{First}..{Last}] by version {rules.Version} read {Read}, skipped {Skipped} = {Accepted} + {Duplicate} + {Filtered} + ({string.Join(',', Rejected.Select(one => $"{one.Key}={one.Value}"))}), revenue {Revenue}, times {MinEventTime}..{MaxEventTime}";
}
