namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Writes rows of <see cref="Tables.Rejected"/>: the inbox of records that are not counted, each with its reason.</summary>
public static class RejectedRows
{
    /// <summary>Bytes of the record that are kept; the whole record is in the dead-letter topic.</summary>
    public const int KeptBytes = 1024;

    /// <summary>Adds one row.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Rejected"/>.</param>
    /// <param name="topic">The Kafka topic.</param>
    /// <param name="stamp">Where the record stands.</param>
    /// <param name="kafkaTime">Kafka timestamp, Unix milliseconds.</param>
    /// <param name="tenant">0 when it could not be read.</param>
    /// <param name="reason">Code of the verdict.</param>
    /// <param name="error">What was expected and what was found.</param>
    /// <param name="schemaId">-1 when it could not be read.</param>
    /// <param name="record">The record.</param>
    public static void Add(
        TableRows rows, ReadOnlySpan<byte> topic, in RecordStamp stamp, long kafkaTime, ulong tenant, ReadOnlySpan<byte> reason,
        ReadOnlySpan<byte> error, int schemaId, ReadOnlySpan<byte> record)
    {
        var block = rows.BlockAt(0, 0);
        block[0].AddText(topic);
        block[1].Add(stamp.Epoch);
        block[2].Add((uint)stamp.Partition);
        block[3].Add(stamp.Offset);
        block[4].Add(kafkaTime);
        block[5].Add(tenant);
        block[6].AddText(reason);
        block[7].AddText(error);
        block[8].Add(schemaId);
        block[9].Add((uint)record.Length);
        block[10].AddText(record[..Math.Min(record.Length, KeptBytes)]);
        block[11].Add(stamp.KeepUntil);
        block.EndRow();
    }
}
