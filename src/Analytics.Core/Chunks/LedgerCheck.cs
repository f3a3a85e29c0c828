namespace Analytics.Core.Chunks;

/// <summary>A place where the ledger does not add up.</summary>
/// <param name="Chunk">The chunk at which it shows.</param>
/// <param name="Text">What was expected, and what was found.</param>
public sealed record LedgerFault(ChunkId Chunk, string Text);

/// <summary>One partition of one epoch, over all its chunks.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Epoch">The topic's incarnation.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Chunks">Number of chunks.</param>
/// <param name="OpenChunks">How many of them are not sealed: 0 or 1, and then the last.</param>
/// <param name="FirstOffset">Offset of the first record.</param>
/// <param name="LastOffset">Offset of the last record.</param>
/// <param name="Total">The sums of the rows.</param>
public sealed record LedgerPartition(string Topic, ulong Epoch, int Partition, int Chunks, int OpenChunks, long FirstOffset, long LastOffset, LedgerTotal Total);

/// <summary>Sums over ledger rows.</summary>
/// <param name="Read">Records read.</param>
/// <param name="Skipped">Offsets that hold no record.</param>
/// <param name="Accepted">Records counted.</param>
/// <param name="Duplicate">Records whose event id was known.</param>
/// <param name="Filtered">Records left out by rule.</param>
/// <param name="Rejected">Records in the rejected inbox.</param>
/// <param name="Revenue">Check sum of revenue, minor units.</param>
public sealed record LedgerTotal(long Read, long Skipped, long Accepted, long Duplicate, long Filtered, long Rejected, long Revenue)
{
    /// <summary>The sums of some rows.</summary>
    public static LedgerTotal Of(IReadOnlyCollection<LedgerRow> rows) => new(
        rows.Sum(row => row.Read),
        rows.Sum(row => row.Skipped),
        rows.Sum(row => row.Accepted),
        rows.Sum(row => row.Duplicate),
        rows.Sum(row => row.Filtered),
        rows.Sum(row => row.RejectedTotal),
        rows.Sum(row => row.Revenue));
}

/// <summary>What a check of the ledger found.</summary>
/// <param name="Partitions">The partitions, by topic, epoch and number.</param>
/// <param name="Rejected">Rejected records by reason.</param>
/// <param name="Faults">What does not add up; empty when every record is accounted for.</param>
public sealed record LedgerReport(IReadOnlyList<LedgerPartition> Partitions, IReadOnlyDictionary<string, long> Rejected, IReadOnlyList<LedgerFault> Faults);

/// <summary>Proves from the ledger that every record was counted once: rows tile each partition, and each row adds up.</summary>
/// <remarks>Offsets that the log has no record for (docs/decisions/0003) are explained where a row says so; one that is missing unsaid is a fault.</remarks>
public static class LedgerCheck
{
    /// <summary>Checks the newest row of every chunk, in any order.</summary>
    public static LedgerReport Of(IEnumerable<LedgerRow> rows)
    {
        var faults = new List<LedgerFault>();
        var partitions = new List<LedgerPartition>();
        var rejected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var partition in rows
            .GroupBy(row => (row.Chunk.Topic, row.Chunk.Epoch, row.Chunk.Partition))
            .OrderBy(group => group.Key))
        {
            var chain = partition.OrderBy(row => row.Chunk.FirstOffset).ToArray();
            CheckTiling(chain, faults);
            foreach (var row in chain)
            {
                CheckSum(row, faults);
                Add(row.Rejected, rejected);
            }

            partitions.Add(new LedgerPartition(
                partition.Key.Topic, partition.Key.Epoch, partition.Key.Partition,
                chain.Length, chain.Count(row => !row.IsSealed), chain[0].Chunk.FirstOffset, chain[^1].LastOffset, LedgerTotal.Of(chain)));
        }

        return new LedgerReport(partitions, rejected, faults);
    }

    private static void CheckTiling(LedgerRow[] chain, List<LedgerFault> faults)
    {
        for (var i = 1; i < chain.Length; i++)
        {
            var (before, row) = (chain[i - 1], chain[i]);
            var end = before.LastOffset + 1 + SkippedBehind(before);
            if (row.Chunk.FirstOffset > end)
            {
                faults.Add(new LedgerFault(row.Chunk, $"gap: offsets {end} to {row.Chunk.FirstOffset - 1} stand in no chunk"));
            }
            else if (row.Chunk.FirstOffset < end)
            {
                faults.Add(new LedgerFault(row.Chunk, $"overlap: offsets {row.Chunk.FirstOffset} to {end - 1} stand in two chunks"));
            }

            if (!before.IsSealed)
            {
                faults.Add(new LedgerFault(before.Chunk, $"open: a chunk follows at {row.Chunk.FirstOffset}, so this one should be sealed"));
            }
        }
    }

    private static void CheckSum(LedgerRow row, List<LedgerFault> faults)
    {
        var explained = row.Accepted + row.Duplicate + row.Filtered + row.RejectedTotal;
        if (row.Read != explained)
        {
            faults.Add(new LedgerFault(row.Chunk,
                $"sum: read {row.Read}, but accepted {row.Accepted} + duplicate {row.Duplicate} + filtered {row.Filtered} + rejected {row.RejectedTotal} = {explained}"));
        }

        if (row.Read + row.Skipped != Length(row) + SkippedBehind(row))
        {
            var skipped = row.Skipped == 0 ? "" : $" and skipped {row.Skipped}";
            faults.Add(new LedgerFault(row.Chunk, $"length: read {row.Read} records{skipped}, but offsets {row.Chunk.FirstOffset} to {row.LastOffset} are {Length(row)}"));
        }
    }

    // What is more than the row spans lies between its last record and the next chunk, whose first record sealed it.
    private static long SkippedBehind(LedgerRow row) => row.IsSealed ? Math.Clamp(row.Read + row.Skipped - Length(row), 0, row.Skipped) : 0;

    private static long Length(LedgerRow row) => row.LastOffset - row.Chunk.FirstOffset + 1;

    private static void Add(IReadOnlyDictionary<string, long> some, SortedDictionary<string, long> all)
    {
        foreach (var (reason, count) in some)
        {
            all[reason] = all.GetValueOrDefault(reason) + count;
        }
    }
}
