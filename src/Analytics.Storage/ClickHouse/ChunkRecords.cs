using System.Globalization;
using System.Text.Json;
using Analytics.Core.Chunks;

namespace Analytics.Storage.ClickHouse;

/// <summary>One row of the ledger, as far as a take-over needs it.</summary>
/// <param name="Chunk">Offset of the chunk's first record.</param>
/// <param name="LastOffset">Last offset included.</param>
/// <param name="IsSealed">True when the chunk ended there.</param>
public readonly record struct ChunkRecord(long Chunk, long LastOffset, bool IsSealed);

/// <summary>A log that a topic's partition had before it was recreated, as far as it was counted.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="End">Offset after the last record that was counted.</param>
/// <param name="HadCommit">True when the offset that was asked for ended a sealed chunk there: it may have been committed to that log.</param>
public readonly record struct OlderLog(ulong Epoch, long End, bool HadCommit);

/// <summary>What the history knows about the chunks of a partition: asked when a worker takes the partition over.</summary>
/// <remarks>Any thread. Failures are <see cref="ClickHouseException"/>.</remarks>
public sealed class ChunkRecords(ClickHouseClient clickHouse)
{
    // The open chunk, the sealing one and the last sealed ones: a chunk before these is committed, or its successors could not be.
    private const int Tail = 8;

    /// <summary>Records the limits of a topic's chunks if there are none, and gives those that hold: the first that were recorded.</summary>
    public async Task<ChunkLimits> ChunkLimitsAsync(string topic, ChunkLimits limits, CancellationToken cancel = default)
    {
        if (await RecordedAsync(topic, cancel).ConfigureAwait(false) is { } recorded)
        {
            return recorded;
        }

        await clickHouse.ExecuteAsync(
            "INSERT INTO chunk_sizes (topic, chunk_size, chunk_bytes, recorded_at) SELECT {topic:String}, {records:Int64}, {bytes:Int64}, now64(3)",
            new Dictionary<string, object?> { ["topic"] = topic, ["records"] = limits.Records, ["bytes"] = limits.Bytes }, cancel: cancel).ConfigureAwait(false);

        // Two workers may have recorded at the same time: both go by the first row.
        return await RecordedAsync(topic, cancel).ConfigureAwait(false) ?? limits;
    }

    /// <summary>The last ledger rows of a partition in order of offset, and those that hold <paramref name="committed"/> or border on it.</summary>
    public Task<List<ChunkRecord>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancel = default) =>
        clickHouse.QueryAsync(
            $$"""
            SELECT chunk, last_offset, sealed
            FROM ledger FINAL
            WHERE topic = {topic:String} AND epoch = {epoch:UInt64} AND kafka_partition = {partition:UInt32}
              AND (chunk <= {committed:Int64} AND last_offset >= {committed:Int64} - 1
                OR chunk IN (
                    SELECT DISTINCT chunk FROM ledger
                    WHERE topic = {topic:String} AND epoch = {epoch:UInt64} AND kafka_partition = {partition:UInt32}
                    ORDER BY chunk DESC LIMIT {{Tail}}))
            ORDER BY chunk
            """,
            row => new ChunkRecord(row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt32() == 1),
            new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["committed"] = committed ?? -1 },
            cancel: cancel);

    /// <summary>The older logs of this topic and partition, newest first; empty when there was none.</summary>
    /// <param name="epoch">The present log, which is left out.</param>
    /// <param name="topic">The Kafka topic.</param>
    /// <param name="partition">The Kafka partition.</param>
    /// <param name="committed">The group's committed offset, which may have been committed to an older log; null when there is none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<OlderLog>> OlderLogsAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancel = default) =>
        clickHouse.QueryAsync(
            """
            SELECT toString(epoch) AS log, max(last_offset) + 1, max(sealed = 1 AND last_offset + 1 = {committed:Int64})
            FROM ledger FINAL
            WHERE topic = {topic:String} AND kafka_partition = {partition:UInt32} AND epoch != {epoch:UInt64}
            GROUP BY log
            ORDER BY max(kafka_time) DESC, log
            """,
            row => new OlderLog(ulong.Parse(row[0].GetString()!, CultureInfo.InvariantCulture), row[1].GetInt64(), row[2].GetInt32() == 1),
            new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["committed"] = committed ?? -1 },
            cancel: cancel);

    /// <summary>The events that an older log brought at the offsets [<paramref name="from"/>, <paramref name="end"/>), in order of offset.</summary>
    /// <remarks>
    /// Reads all events of the topic's partition: done only when a take-over starts near the beginning of a log. An event that the log brought twice stands at one of its
    /// offsets: beyond the filter's horizon from each other, so that one of them is out of reach at most.
    /// </remarks>
    public Task<List<(long Offset, Guid Id)>> EventIdsAsync(ulong epoch, string topic, int partition, long from, long end, CancellationToken cancel = default) =>
        clickHouse.QueryAsync(
            """
            SELECT DISTINCT kafka_offset, toString(event_id)
            FROM events
            WHERE topic = {topic:String} AND kafka_partition = {partition:UInt32} AND epoch = {epoch:UInt64} AND kafka_offset >= {from:Int64} AND kafka_offset < {end:Int64}
            ORDER BY kafka_offset
            """,
            row => (row[0].GetInt64(), Guid.Parse(row[1].GetString()!, CultureInfo.InvariantCulture)),
            new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["from"] = from, ["end"] = end },
            cancel: cancel);

    /// <summary>The offsets in [<paramref name="from"/>, <paramref name="end"/>) of a partition whose records were rejected for a reason.</summary>
    public Task<List<long>> RejectedAsync(ulong epoch, string topic, int partition, string reason, long from, long end, CancellationToken cancel = default) =>
        clickHouse.QueryAsync(
            """
            SELECT DISTINCT kafka_offset
            FROM rejected
            WHERE topic = {topic:String} AND epoch = {epoch:UInt64} AND kafka_partition = {partition:UInt32}
              AND kafka_offset >= {from:Int64} AND kafka_offset < {end:Int64} AND reason = {reason:String}
            """,
            row => row[0].GetInt64(),
            new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["reason"] = reason, ["from"] = from, ["end"] = end },
            cancel: cancel);

    private async Task<ChunkLimits?> RecordedAsync(string topic, CancellationToken cancel)
    {
        var sizes = await clickHouse.QueryAsync(
            "SELECT chunk_size, chunk_bytes FROM chunk_sizes WHERE topic = {topic:String} ORDER BY recorded_at, chunk_size, chunk_bytes LIMIT 1",
            (JsonElement row) => new ChunkLimits(row[0].GetInt64(), row[1].GetInt64()), new Dictionary<string, object?> { ["topic"] = topic }, cancel: cancel).ConfigureAwait(false);
        return sizes.Count == 0 ? null : sizes[0];
    }
}
