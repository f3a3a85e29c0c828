using System.Text.Json;
using Analytics.Core.Chunks;

namespace Analytics.Storage.ClickHouse;

/// <summary>Reads the ledger: the newest row of each chunk.</summary>
/// <remarks>The worker writes it; this side only looks. Any thread.</remarks>
public sealed class Ledger(ClickHouseClient clickHouse)
{
    private const string Columns = "topic, toString(epoch), kafka_partition, chunk, last_offset, sealed, config_version, read, accepted, duplicate, filtered, rejected, revenue";

    /// <summary>Every chunk's row, by topic, epoch, partition and offset.</summary>
    public IAsyncEnumerable<LedgerRow> ReadAsync(CancellationToken cancel = default) =>
        clickHouse.StreamAsync($"SELECT {Columns} FROM ledger FINAL ORDER BY topic, epoch, kafka_partition, chunk", Row, cancel: cancel);

    // Offsets and counts are below 2^53; an epoch is not, and comes as text.
    private static LedgerRow Row(JsonElement row) => new(
        new ChunkId(ulong.Parse(row[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture), row[0].GetString()!, row[2].GetInt32(), row[3].GetInt64()),
        row[4].GetInt64(),
        row[5].GetInt32() == 1,
        row[6].GetUInt32(),
        row[7].GetInt64(),
        row[8].GetInt64(),
        row[9].GetInt64(),
        row[10].GetInt64(),
        row[11].EnumerateObject().ToDictionary(reason => reason.Name, reason => reason.Value.GetInt64(), StringComparer.Ordinal),
        row[12].GetInt64());
}
