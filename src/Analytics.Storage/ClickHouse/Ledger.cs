using System.Globalization;
using System.Text.Json;
using Analytics.Core.Chunks;

namespace Analytics.Storage.ClickHouse;

/// <summary>Reads the ledger: what became of each chunk of the log, as the workers have written it.</summary>
/// <remarks>Any thread. Failures are the client's. Only the newest version of each row is given: the sealed one, or the furthest.</remarks>
public sealed class Ledger(ClickHouseClient clickHouse)
{
    private const string Columns =
        "topic, epoch, kafka_partition, chunk, last_offset, sealed, config_version, read, accepted, duplicate, filtered, rejected, revenue, "
        + "toUnixTimestamp64Milli(kafka_time), toUnixTimestamp64Milli(min_event_time), toUnixTimestamp64Milli(max_event_time)";

    /// <summary>Every chunk's row, by topic, epoch, partition and offset.</summary>
    public IAsyncEnumerable<LedgerRow> ReadAsync(CancellationToken cancel = default) =>
        clickHouse.StreamAsync($"SELECT {Columns} FROM ledger FINAL ORDER BY topic, epoch, kafka_partition, chunk", Row, cancel: cancel);

    /// <summary>The last <paramref name="count"/> rows of a partition, and the one that <paramref name="committed"/> lies in, by offset.</summary>
    /// <param name="epoch">The log's epoch.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="committed">A committed offset; null when there is none.</param>
    /// <param name="count">How many of the last rows.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<LedgerRow>> TailAsync(
        ulong epoch, string topic, int partition, long? committed, int count, CancellationToken cancel = default) => clickHouse.QueryAsync(
        $"""
        SELECT * FROM
        (
            SELECT {Columns} FROM ledger FINAL
            WHERE topic = {"{topic:String}"} AND epoch = {"{epoch:UInt64}"} AND kafka_partition = {"{partition:UInt32}"}
            ORDER BY chunk DESC LIMIT {"{count:UInt32}"}
            UNION DISTINCT
            SELECT {Columns} FROM ledger FINAL
            WHERE topic = {"{topic:String}"} AND epoch = {"{epoch:UInt64}"} AND kafka_partition = {"{partition:UInt32}"}
                AND chunk <= {"{committed:Int64}"} ORDER BY chunk DESC LIMIT 1
        )
        ORDER BY chunk
        """,
        Row,
        new Dictionary<string, object?>
        {
            ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["committed"] = committed ?? -1, ["count"] = count,
        },
        cancel: cancel);

    /// <summary>The event ids that the log before this one of the same topic and partition ended with, oldest first; empty when there was none.</summary>
    /// <param name="epoch">The epoch of the log that is read now.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="count">How many offsets back, at most.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many offsets before the old log's end each id stood (1: the last), and its halves, big endian.</returns>
    public async Task<List<(long Back, ulong High, ulong Low)>> LastIdsOfOlderLogAsync(
        ulong epoch, string topic, int partition, int count, CancellationToken cancel = default)
    {
        var parameters = new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["count"] = count };
        var older = await clickHouse.QueryAsync(
            """
            SELECT epoch, max(last_offset) FROM ledger FINAL
            WHERE topic = {topic:String} AND kafka_partition = {partition:UInt32} AND epoch != {epoch:UInt64}
            GROUP BY epoch ORDER BY max(kafka_time) DESC LIMIT 1
            """,
            row => (Epoch: row[0].GetUInt64(), Last: row[1].GetInt64()), parameters, cancel: cancel).ConfigureAwait(false);
        if (older.Count == 0)
        {
            return [];
        }

        parameters["epoch"] = older[0].Epoch;
        parameters["last"] = older[0].Last;
        return await clickHouse.QueryAsync(
            """
            SELECT {last:Int64} - kafka_offset + 1 AS back, toString(event_id) FROM events
            WHERE topic = {topic:String} AND kafka_partition = {partition:UInt32} AND epoch = {epoch:UInt64}
                AND kafka_offset > {last:Int64} - {count:Int64} AND kafka_offset <= {last:Int64}
            ORDER BY kafka_offset, event_id LIMIT 1 BY kafka_offset
            """,
            IdOf, parameters, cancel: cancel).ConfigureAwait(false);
    }

    /// <summary>Records the chunk size of a topic if none is recorded yet; gives the one that holds, which is the first.</summary>
    public async Task<long> ChunkSizeAsync(string topic, long size, TimeProvider time, CancellationToken cancel = default)
    {
        var parameters = new Dictionary<string, object?> { ["topic"] = topic, ["size"] = size, ["now"] = time.GetUtcNow().ToUnixTimeMilliseconds() };
        await clickHouse.ExecuteAsync(
            """
            INSERT INTO chunk_sizes (topic, chunk_size, recorded_at)
            SELECT {topic:String}, {size:Int64}, fromUnixTimestamp64Milli({now:Int64}, 'UTC')
            WHERE NOT EXISTS (SELECT 1 FROM chunk_sizes WHERE topic = {topic:String})
            """,
            parameters, cancel: cancel).ConfigureAwait(false);
        var sizes = await clickHouse.QueryAsync(
            "SELECT chunk_size FROM chunk_sizes WHERE topic = {topic:String} ORDER BY recorded_at, chunk_size LIMIT 1",
            row => row[0].GetInt64(), parameters, cancel: cancel).ConfigureAwait(false);
        return sizes[0];
    }

    private static (long Back, ulong High, ulong Low) IdOf(JsonElement row)
    {
        var hex = row[1].GetString()!.Replace("-", "", StringComparison.Ordinal);
        return (row[0].GetInt64(), ulong.Parse(hex.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            ulong.Parse(hex.AsSpan(16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static LedgerRow Row(JsonElement row) => new(
        new ChunkId(row[1].GetUInt64(), row[0].GetString()!, row[2].GetInt32(), row[3].GetInt64()),
        row[4].GetInt64(), row[5].GetInt32() == 1, row[6].GetUInt32(), row[7].GetInt64(), row[8].GetInt64(), row[9].GetInt64(), row[10].GetInt64(),
        row[11].EnumerateObject().ToDictionary(reason => reason.Name, reason => reason.Value.GetInt64()), row[12].GetInt64())
    {
        KafkaTime = row[13].GetInt64(),
        MinEventTime = TimeOf(row[14]),
        MaxEventTime = TimeOf(row[15]),
    };

    private static long? TimeOf(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetInt64();
}
