using System.Numerics;
using Analytics.Core.Events;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Partitioning;

/// <summary>The rules that look at more than one event of a partition: sampling of debug events, rates of users, budgets of names.</summary>
/// <remarks>
/// Applied to accepted events, duplicates left out, in offset order. What they remember begins empty with each chunk, so that every owner of a partition, and
/// every replay, says the same. They never change the columns, which the raw rows are made of. One for each partition; one thread.
/// </remarks>
internal sealed class ChunkRules
{
    private const int Ahead = 12;
    private readonly UserRates _rates = new();
    private readonly NameBudget _names = new();
    private NameClasses _classes = null!;
    private CountingOptions _counting = null!;
    private Chunk? _chunk;
    private ulong[] _keys = [];
    private int _rate;
    private int _other;

    /// <summary>Filters, flags and folds the records of a batch.</summary>
    public void Apply(EnrichedBatch batch, CountingOptions counting)
    {
        var raw = batch.Decoded.Raw;
        if (!ReferenceEquals(raw.Chunk, _chunk))
        {
            Begin(raw.Chunk, counting);
        }

        (batch.DebugOneIn, batch.Flagged, batch.FoldedNames) = (_counting.DebugOneIn, 0, 0);
        batch.Decoded.Columns.Name.Ids.AsSpan(0, raw.Count).CopyTo(batch.Names);
        if (raw.Chunk.Id.Topic == Topics.Inventory)
        {
            return;
        }

        Prepare(batch, raw.Count);
        var (tenants, names, verdicts) = (batch.Decoded.Columns.Tenant.Values, batch.Names, batch.Decoded.Columns.Verdicts);
        var (most, namesPerTenant) = (_counting.UserEventsPerMinute, _counting.NamesPerTenant);
        for (var row = 0; row < raw.Count; row++)
        {
            if (row + Ahead < raw.Count)
            {
                _rates.Expect(_keys[row + Ahead]);
            }

            if (verdicts[row] != Verdict.Accepted)
            {
                continue;
            }

            var kind = _classes.Of(names[row]);
            if (kind == NameClass.Debug && !IsKept(batch.UserHashes[row]))
            {
                verdicts[row] = Verdict.Filtered;
                continue;
            }

            if (_rates.Add(_keys[row]) > most)
            {
                Flag(batch, row);
            }

            if (kind != NameClass.Business && !_names.Admits((ulong)tenants[row], names[row], namesPerTenant))
            {
                names[row] = _other;
                batch.FoldedNames++;
            }
        }
    }

    private void Begin(Chunk chunk, CountingOptions counting)
    {
        _rates.Clear();
        _names.Clear();
        (_chunk, _counting, _classes) = (chunk, counting, new NameClasses(chunk.Words, counting.DebugNames, counting.KeyEvents));
        (_rate, _other) = (chunk.Words.Intern("rate"u8), chunk.Words.Intern(Folded.Other));
    }

    private void Prepare(EnrichedBatch batch, int rows)
    {
        if (_keys.Length < rows)
        {
            _keys = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)rows)];
        }

        var (tenants, users, times) = (batch.Decoded.Columns.Tenant.Values, batch.UserHashes, batch.EventTimes);
        for (var row = 0; row < rows; row++)
        {
            _keys[row] = UserRates.KeyOf((ulong)tenants[row], users[row], times[row]);
        }
    }

    // All debug events of a user or none: what they tell of one another stays whole.
    private bool IsKept(ulong user) => _counting.DebugOneIn == 1 || Math.BigMul(user, (ulong)_counting.DebugOneIn, out _) == 0;

    private void Flag(EnrichedBatch batch, int row)
    {
        batch.Flagged++;
        if (batch.Bots[row] == 0)
        {
            (batch.Bots[row], batch.BotRules[row]) = (1, _rate);
        }
    }
}
