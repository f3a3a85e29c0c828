using System.Text.Json;

namespace Analytics.Storage.ClickHouse;

/// <summary>One record that was not counted, and why.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="At">Its Kafka timestamp.</param>
/// <param name="Tenant">Its tenant; 0 when it could not be read.</param>
/// <param name="Reason">The verdict's code.</param>
/// <param name="Error">What was expected and what was found.</param>
/// <param name="SchemaId">Its schema; -1 when it could not be read.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record RejectedRecord(string Topic, int Partition, long Offset, DateTimeOffset At, ulong Tenant, string Reason, string Error, int SchemaId, long Size);

/// <summary>Reads the rejected inbox.</summary>
public sealed class RejectedInbox(ClickHouseClient clickHouse)
{
    /// <summary>The newest records, of one reason or of all.</summary>
    public Task<List<RejectedRecord>> NewestAsync(string? reason, int limit, CancellationToken cancel = default) => clickHouse.QueryAsync(
        """
        SELECT topic, kafka_partition, kafka_offset, toUnixTimestamp64Milli(kafka_time), tenant, reason, error, schema_id, size
        FROM rejected FINAL
        WHERE {reason:String} = '' OR reason = {reason:String}
        ORDER BY kafka_time DESC, topic, kafka_partition, kafka_offset DESC
        LIMIT {limit:UInt32}
        """,
        Row,
        new Dictionary<string, object?> { ["reason"] = reason ?? "", ["limit"] = limit },
        cancel: cancel);

    /// <summary>How many records of each reason.</summary>
    public Task<List<KeyValuePair<string, long>>> CountAsync(CancellationToken cancel = default) => clickHouse.QueryAsync(
        "SELECT reason, count() FROM rejected FINAL GROUP BY reason ORDER BY count() DESC, reason",
        row => KeyValuePair.Create(row[0].GetString()!, row[1].GetInt64()),
        cancel: cancel);

    private static RejectedRecord Row(JsonElement row) => new(
        row[0].GetString()!,
        row[1].GetInt32(),
        row[2].GetInt64(),
        DateTimeOffset.FromUnixTimeMilliseconds(row[3].GetInt64()),
        row[4].GetUInt64(),
        row[5].GetString()!,
        row[6].GetString()!,
        row[7].GetInt32(),
        row[8].GetInt64());
}
