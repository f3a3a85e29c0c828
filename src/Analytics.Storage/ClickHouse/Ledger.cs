using System.Text.Json;
using Analytics.Core.Chunks;

namespace Analytics.Storage.ClickHouse;

/// <summary>Reads the ledger: what became of each chunk of the log, as the workers have written it.</summary>
/// <remarks>Any thread. Failures are the client's. Only the newest version of each row is given: the sealed one, or the furthest.</remarks>
public sealed class Ledger(ClickHouseClient clickHouse)
{
    private const string Columns =
        "topic, epoch, kafka_partition, chunk, last_offset, sealed, config_version, read, accepted, duplicate, filtered, rejected, revenue, "
        + "toUnixTimestamp64Milli(kafka_time), toUnixTimestamp64Milli(min_event_time), toUnixTimestamp64Milli(max_event_time), "
        + "flagged, debug_one_in, folded, skipped";

    /// <summary>Every chunk's row, by topic, epoch, partition and offset.</summary>
    public IAsyncEnumerable<LedgerRow> ReadAsync(CancellationToken cancel = default) =>
        clickHouse.StreamAsync($"SELECT {Columns} FROM ledger FINAL ORDER BY topic, epoch, kafka_partition, chunk", Row, cancel: cancel);

    private static LedgerRow Row(JsonElement row) => new(
        new ChunkId(row[1].GetUInt64(), row[0].GetString()!, row[2].GetInt32(), row[3].GetInt64()),
        row[4].GetInt64(), row[5].GetInt32() == 1, row[6].GetUInt32(), row[7].GetInt64(), row[8].GetInt64(), row[9].GetInt64(), row[10].GetInt64(),
        CountsOf(row[11]), row[12].GetInt64())
    {
        KafkaTime = row[13].GetInt64(),
        MinEventTime = TimeOf(row[14]),
        MaxEventTime = TimeOf(row[15]),
        Flagged = row[16].GetInt64(),
        DebugOneIn = row[17].GetInt32(),
        Folded = CountsOf(row[18]),
        Skipped = row[19].GetInt64(),
    };

    private static Dictionary<string, long> CountsOf(JsonElement map) =>
        map.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt64());

    private static long? TimeOf(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetInt64();
}
