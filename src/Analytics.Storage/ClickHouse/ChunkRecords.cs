using System.Globalization;
using System.Text.Json;

namespace Analytics.Storage.ClickHouse;

/// <summary>One row of the ledger, as far as a take-over needs it.</summary>
/// <param name="Chunk">Offset of the chunk's first record.</param>
/// <param name="LastOffset">Last offset included.</param>
/// <param name="IsSealed">True when the chunk ended there.</param>
public readonly record struct ChunkRecord(long Chunk, long LastOffset, bool IsSealed);

/// <summary>An event id of an older log of a partition.</summary>
/// <param name="Offset">Negative: -1 for the last offset of that log.</param>
/// <param name="EventId">The id; its bytes in the order of its text.</param>
public readonly record struct OldEventId(long Offset, Guid EventId);

/// <summary>What the history knows about the chunks of a partition: asked when a worker takes the partition over.</summary>
/// <remarks>Any thread. Failures are <see cref="ClickHouseException"/>.</remarks>
public sealed class ChunkRecords(ClickHouseClient clickHouse)
{
    // The open chunk, the sealing one and the last sealed ones: a chunk before these is committed, or its successors could not be.
    private const int Tail = 8;

    /// <summary>Records a topic's chunk size if there is none, and gives the one that holds: the first that was recorded.</summary>
    public async Task<long> ChunkSizeAsync(string topic, long size, CancellationToken cancel = default)
    {
        if (await RecordedSizeAsync(topic, cancel).ConfigureAwait(false) is { } recorded)
        {
            return recorded;
        }

        await clickHouse.ExecuteAsync(
            "INSERT INTO chunk_sizes (topic, chunk_size, recorded_at) SELECT {topic:String}, {size:Int64}, now64(3)",
            new Dictionary<string, object?> { ["topic"] = topic, ["size"] = size }, cancel: cancel).ConfigureAwait(false);

        // Two workers may have recorded at the same time: both go by the first row.
        return await RecordedSizeAsync(topic, cancel).ConfigureAwait(false) ?? size;
    }

    /// <summary>The last ledger rows of a partition in order of offset, and the one that holds <paramref name="committed"/>.</summary>
    public Task<List<ChunkRecord>> TailAsync(ulong epoch, string topic, int partition, long? committed, CancellationToken cancel = default) =>
        clickHouse.QueryAsync(
            $$"""
            SELECT chunk, last_offset, sealed
            FROM ledger FINAL
            WHERE topic = {topic:String} AND epoch = {epoch:UInt64} AND kafka_partition = {partition:UInt32}
              AND (chunk < {committed:Int64} AND last_offset >= {committed:Int64}
                OR chunk IN (
                    SELECT DISTINCT chunk FROM ledger
                    WHERE topic = {topic:String} AND epoch = {epoch:UInt64} AND kafka_partition = {partition:UInt32}
                    ORDER BY chunk DESC LIMIT {{Tail}}))
            ORDER BY chunk
            """,
            row => new ChunkRecord(row[0].GetInt64(), row[1].GetInt64(), row[2].GetInt32() == 1),
            new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["committed"] = committed ?? -1 },
            cancel: cancel);

    /// <summary>The event ids that the previous log of this topic and partition ended with, oldest first; empty when there was none.</summary>
    /// <param name="epoch">The present log, which is left out.</param>
    /// <param name="topic">The Kafka topic.</param>
    /// <param name="partition">The Kafka partition.</param>
    /// <param name="offsets">How many offsets back from the end of that log.</param>
    /// <param name="cancel">Gives up.</param>
    /// <remarks>Reads all events of the topic's partition: done only when a take-over starts near the beginning of a log.</remarks>
    public Task<List<OldEventId>> OldEventIdsAsync(ulong epoch, string topic, int partition, int offsets, CancellationToken cancel = default) =>
        clickHouse.QueryAsync(
            """
            WITH previous AS
            (
                SELECT epoch AS log, max(last_offset) AS end
                FROM ledger
                WHERE topic = {topic:String} AND kafka_partition = {partition:UInt32} AND epoch != {epoch:UInt64}
                GROUP BY epoch
                ORDER BY max(kafka_time) DESC
                LIMIT 1
            )
            SELECT kafka_offset - (SELECT end FROM previous) - 1 AS offset, toString(event_id)
            FROM events
            WHERE topic = {topic:String} AND kafka_partition = {partition:UInt32} AND epoch = (SELECT log FROM previous)
              AND kafka_offset > (SELECT end FROM previous) - {offsets:Int64}
            ORDER BY kafka_offset
            LIMIT 1 BY kafka_offset
            """,
            row => new OldEventId(row[0].GetInt64(), Guid.Parse(row[1].GetString()!, CultureInfo.InvariantCulture)),
            new Dictionary<string, object?> { ["topic"] = topic, ["epoch"] = epoch, ["partition"] = partition, ["offsets"] = (long)offsets },
            cancel: cancel);

    private async Task<long?> RecordedSizeAsync(string topic, CancellationToken cancel)
    {
        var sizes = await clickHouse.QueryAsync(
            "SELECT chunk_size FROM chunk_sizes WHERE topic = {topic:String} ORDER BY recorded_at, chunk_size LIMIT 1",
            (JsonElement row) => row[0].GetInt64(), new Dictionary<string, object?> { ["topic"] = topic }, cancel: cancel).ConfigureAwait(false);
        return sizes.Count == 0 ? null : sizes[0];
    }
}
