namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>One accepted event of any topic. Times are Unix milliseconds; texts are UTF-8, empty where absent.</summary>
public ref struct EventRow
{
    /// <summary>The tenant.</summary>
    public ulong Tenant;

    /// <summary>Bytes 0 to 7 of the event id, big endian.</summary>
    public ulong IdHigh;

    /// <summary>Bytes 8 to 15.</summary>
    public ulong IdLow;

    /// <summary>Derived event time.</summary>
    public long EventTime;

    /// <summary>As the producer said.</summary>
    public long CreatedAt;

    /// <summary>As the producer said; <see cref="long.MinValue"/> where absent.</summary>
    public long SentAt;

    /// <summary>As the collector said; <see cref="long.MinValue"/> where absent.</summary>
    public long ReceivedAt;

    /// <summary>The record's Kafka timestamp.</summary>
    public long KafkaTime;

    /// <summary>The texts, as the columns are called.</summary>
    public ReadOnlySpan<byte> Name, UserId, SessionId, Country, Device, Source, Campaign, Url, Referrer, Ip, UserAgent, ProductId, OrderId, Currency, Topic, Browser, System, BotRule;

    /// <summary>Pieces of an order.</summary>
    public long Units;

    /// <summary>Minor units of an order.</summary>
    public long Revenue;

    /// <summary>1 for bots.</summary>
    public byte IsBot;

    /// <summary>1 where the event time was clamped.</summary>
    public byte IsClamped;

    /// <summary>Avro blocks of a map of strings, as they stood in the record; checked by the decoder.</summary>
    public ReadOnlySpan<byte> Properties;

    /// <summary>Offset of the chunk's first record.</summary>
    public long Chunk;
}

/// <summary>Writes rows of <see cref="Tables.Events"/>.</summary>
public static class EventRows
{
    /// <summary>Adds one row.</summary>
    public static void Add(TableRows rows, in RecordStamp stamp, scoped in EventRow row)
    {
        var seconds = Math.DivRem(row.EventTime, 1000).Quotient;
        var block = rows.BlockAt(seconds, stamp.KeepUntil);
        block[0].Add(row.Tenant);
        block[1].Add((ushort)(seconds / 86_400));
        block[2].AddText(row.Name);
        block[3].AddUuid(row.IdHigh, row.IdLow);
        block[4].Add(row.EventTime);
        block[5].Add(row.CreatedAt);
        block[6].AddNullable(row.SentAt, row.SentAt == long.MinValue);
        block[7].AddNullable(row.ReceivedAt, row.ReceivedAt == long.MinValue);
        block[8].Add(row.KafkaTime);
        block[9].AddText(row.UserId);
        block[10].AddText(row.SessionId);
        block[11].AddText(row.Country);
        block[12].AddText(row.Device);
        block[13].AddText(row.Source);
        block[14].AddText(row.Campaign);
        block[15].AddText(row.Url);
        block[16].AddText(row.Referrer);
        block[17].AddText(row.Ip);
        block[18].AddText(row.UserAgent);
        block[19].AddText(row.ProductId);
        block[20].AddText(row.OrderId);
        block[21].AddText(row.Currency);
        block[22].Add(row.Units);
        block[23].Add(row.Revenue);
        block[24].Add(row.IsBot);
        block[25].Add(row.IsClamped);
        AddProperties(block[26], row.Properties);
        block[27].Add(stamp.Epoch);
        block[28].AddText(row.Topic);
        block[29].Add((uint)stamp.Partition);
        block[30].Add(stamp.Offset);
        block[31].Add(row.Chunk);
        block[32].Add(stamp.KeepUntil);
        block[33].AddText(row.Browser);
        block[34].AddText(row.System);
        block[35].AddText(row.BotRule);
        block.EndRow();
    }

    // An Avro map: blocks of (count, pairs), ended by a count of 0; a negative count is followed by the block's length in bytes.
    private static void AddProperties(NativeColumn column, ReadOnlySpan<byte> blocks)
    {
        var at = 0;
        while (at < blocks.Length && ReadLong(blocks, ref at) is var count and not 0)
        {
            if (count < 0)
            {
                count = -count;
                ReadLong(blocks, ref at);
            }

            for (; count > 0; count--)
            {
                var key = ReadText(blocks, ref at);
                column.AddPair(key, ReadText(blocks, ref at));
            }
        }

        column.EndMap();
    }

    private static ReadOnlySpan<byte> ReadText(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = (int)ReadLong(bytes, ref at);
        var text = bytes.Slice(at, length);
        at += length;
        return text;
    }

    private static long ReadLong(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }
    }
}
