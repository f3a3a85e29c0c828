using System.Text;
using Analytics.Core.Chunks;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Writes rows of <see cref="Tables.Ledger"/>.</summary>
public static class LedgerRows
{
    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Ledger"/>.</param>
    /// <param name="row">The row.</param>
    /// <param name="retention">Seconds.</param>
    public static void Add(TableRows rows, LedgerRow row, long retention)
    {
        var chunk = row.Chunk;
        var block = rows.BlockAt(0, 0);
        block[0].AddText(Encoding.UTF8.GetBytes(chunk.Topic));
        block[1].Add(chunk.Epoch);
        block[2].Add((uint)chunk.Partition);
        block[3].Add(chunk.FirstOffset);
        block[4].Add(row.LastOffset);
        block[5].Add((byte)(row.IsSealed ? 1 : 0));
        block[6].Add(row.Version);
        block[7].Add(row.ConfigVersion);
        block[8].Add(row.Read);
        block[9].Add(row.Accepted);
        block[10].Add(row.Duplicate);
        block[11].Add(row.Filtered);
        foreach (var (reason, count) in row.Rejected.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            block[12].AddPair(Encoding.UTF8.GetBytes(reason), count);
        }

        block[12].EndMap();
        block[13].AddNullable(row.MinEventTime ?? 0, row.MinEventTime is null);
        block[14].AddNullable(row.MaxEventTime ?? 0, row.MaxEventTime is null);
        block[15].Add(row.Revenue);
        block[16].Add(row.KafkaTime);
        var stamp = new ChunkStamp(chunk.Epoch, chunk.Partition, chunk.FirstOffset, row.Version, row.KafkaTime / 1000);
        block[17].Add(stamp.KeepUntil((row.MaxEventTime ?? 0) / 1000, retention));
        block[18].Add(row.Flagged);
        block[19].Add((uint)row.DebugOneIn);
        foreach (var (dimension, count) in row.Folded.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            block[20].AddPair(Encoding.UTF8.GetBytes(dimension), count);
        }

        block[20].EndMap();
        block[21].Add(row.Skipped);
        block.EndRow();
    }
}
