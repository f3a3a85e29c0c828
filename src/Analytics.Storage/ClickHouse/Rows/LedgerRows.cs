using System.Text;
using Analytics.Core.Chunks;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Writes rows of <see cref="Tables.Ledger"/>.</summary>
public static class LedgerRows
{
    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Ledger"/>.</param>
    /// <param name="entry">The line.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(TableRows rows, LedgerEntry entry, long retention)
    {
        var counts = entry.Counts;
        var block = rows.BlockAt(0);
        block[0].AddText(Encoding.UTF8.GetBytes(entry.Id.Topic));
        block[1].Add(entry.Id.Epoch);
        block[2].Add((uint)entry.Id.Partition);
        block[3].Add(entry.Id.FirstOffset);
        block[4].Add(entry.LastOffset);
        block[5].Add((byte)(entry.IsSealed ? 1 : 0));
        block[6].Add(entry.Version);
        block[7].Add(entry.ConfigVersion);
        block[8].Add(counts.Read);
        block[9].Add(counts.Accepted);
        block[10].Add(counts.Duplicate);
        block[11].Add(counts.Filtered);
        foreach (var (reason, count) in counts.Rejected.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            block[12].AddPair(Encoding.UTF8.GetBytes(reason), count);
        }

        block[12].EndMap();
        block[13].AddNullable(counts.MinEventTime ?? 0, counts.MinEventTime is null);
        block[14].AddNullable(counts.MaxEventTime ?? 0, counts.MaxEventTime is null);
        block[15].Add(counts.Revenue);
        block[16].Add(entry.KafkaTime);
        var newest = Math.Max(entry.KafkaTime, counts.MaxEventTime ?? 0) / 1000;
        block[17].Add(new ChunkStamp(entry.Id.Epoch, entry.Id.Partition, entry.Id.FirstOffset, 0, entry.KafkaTime / 1000).KeepUntil(newest, retention));
        block.EndRow();
    }
}
