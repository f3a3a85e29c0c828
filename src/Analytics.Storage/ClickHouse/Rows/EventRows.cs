using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse.Rows;

/// <summary>Accepted events of one batch of a chunk, column by column, as the worker has them. Element i of every column belongs to record i. Borrowed for a call.</summary>
/// <remarks>Times are Unix milliseconds. Words are ids of <see cref="Words"/>, 0 where absent; spans are stretches of <see cref="Bytes"/>.</remarks>
public ref struct EventBatch
{
    /// <summary>Text of the words.</summary>
    public Words Words;

    /// <summary>The records' bytes.</summary>
    public ReadOnlySpan<byte> Bytes;

    /// <summary>The topic, as a word.</summary>
    public int Topic;

    /// <summary>The log's epoch.</summary>
    public ulong Epoch;

    /// <summary>The Kafka partition.</summary>
    public int Partition;

    /// <summary>Offset of the chunk's first record.</summary>
    public long Chunk;

    /// <summary>Kafka offsets and timestamps.</summary>
    public ReadOnlySpan<long> Offsets, KafkaTimes;

    /// <summary>The tenants; the derived event times; created, sent and received as they came, <see cref="LongColumn.Absent"/> where they did not.</summary>
    public ReadOnlySpan<long> Tenants, EventTimes, Created, Sent, Received;

    /// <summary>Event ids, big endian halves.</summary>
    public ReadOnlySpan<ulong> IdHigh, IdLow;

    /// <summary>Words.</summary>
    public ReadOnlySpan<int> Names, Countries, Devices, Sources, Campaigns, UserAgents, Products, Currencies, Browsers, Systems, BotRules;

    /// <summary>Texts.</summary>
    public SpanColumn Users, Sessions, Urls, Referrers, Addresses, OrderIds;

    /// <summary>Avro blocks of maps of strings, as they stood in the records; checked by the decoder.</summary>
    public SpanColumn Properties;

    /// <summary>Pieces and minor units of orders.</summary>
    public ReadOnlySpan<long> Units, Revenues;

    /// <summary>1 for bots; 1 where the event time was clamped.</summary>
    public ReadOnlySpan<byte> Bots, Clamped;
}

/// <summary>Writes rows of <see cref="Tables.Events"/>, a column of a batch at a time.</summary>
public static class EventRows
{
    // Numbers of so many rows fit into a page several times.
    private const int Strip = CellRows.Strip;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">Rows of <see cref="Tables.Events"/>.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="records">The records that become rows.</param>
    /// <param name="keepUntil">When each of these may be deleted, Unix seconds.</param>
    public static void Add(TableRows rows, scoped in EventBatch batch, ReadOnlySpan<int> records, ReadOnlySpan<uint> keepUntil)
    {
        for (var start = 0; start < records.Length;)
        {
            var block = BlockOf(rows, batch, records[start], keepUntil[start]);
            var end = start + 1;
            while (end < records.Length && end - start < Strip && BlockOf(rows, batch, records[end], keepUntil[end]) == block)
            {
                end++;
            }

            Add(block, batch, records[start..end], keepUntil[start..end]);
            start = end;
        }
    }

    private static NativeBlock BlockOf(TableRows rows, in EventBatch batch, int record, uint keepUntil) =>
        rows.BlockAt(Math.DivRem(batch.EventTimes[record], 1000).Quotient, keepUntil);

    private static void Add(NativeBlock block, in EventBatch batch, ReadOnlySpan<int> records, ReadOnlySpan<uint> keepUntil)
    {
        Numbers(block[0], batch.Tenants, records);
        Days(block[1], batch.EventTimes, records);
        TextsOf(block[2], batch.Names, batch, records);
        Ids(block[3], batch, records);
        Numbers(block[4], batch.EventTimes, records);
        Numbers(block[5], batch.Created, records);
        Optional(block[6], batch.Sent, records);
        Optional(block[7], batch.Received, records);
        Numbers(block[8], batch.KafkaTimes, records);
        block[9].AddTexts(batch.Users, batch.Bytes, records);
        block[10].AddTexts(batch.Sessions, batch.Bytes, records);
        TextsOf(block[11], batch.Countries, batch, records);
        TextsOf(block[12], batch.Devices, batch, records);
        TextsOf(block[13], batch.Sources, batch, records);
        TextsOf(block[14], batch.Campaigns, batch, records);
        block[15].AddTexts(batch.Urls, batch.Bytes, records);
        block[16].AddTexts(batch.Referrers, batch.Bytes, records);
        block[17].AddTexts(batch.Addresses, batch.Bytes, records);
        TextsOf(block[18], batch.UserAgents, batch, records);
        TextsOf(block[19], batch.Products, batch, records);
        block[20].AddTexts(batch.OrderIds, batch.Bytes, records);
        TextsOf(block[21], batch.Currencies, batch, records);
        Numbers(block[22], batch.Units, records);
        Numbers(block[23], batch.Revenues, records);
        Numbers(block[24], batch.Bots, records);
        Numbers(block[25], batch.Clamped, records);
        foreach (var record in records)
        {
            AddProperties(block[26], batch.Properties.Of(record, batch.Bytes));
        }

        block[27].Fill(batch.Epoch, records.Length);
        block[28].FillWord(batch.Topic, batch.Words[batch.Topic], records.Length);
        block[29].Fill((uint)batch.Partition, records.Length);
        Numbers(block[30], batch.Offsets, records);
        block[31].Fill(batch.Chunk, records.Length);
        keepUntil.CopyTo(block[32].Extend<uint>(records.Length));
        TextsOf(block[33], batch.Browsers, batch, records);
        TextsOf(block[34], batch.Systems, batch, records);
        TextsOf(block[35], batch.BotRules, batch, records);
        block.EndRows(records.Length);
    }

    private static void Numbers<T>(NativeColumn column, ReadOnlySpan<T> values, ReadOnlySpan<int> records)
        where T : unmanaged
    {
        var added = column.Extend<T>(records.Length);
        for (var i = 0; i < added.Length; i++)
        {
            added[i] = values[records[i]];
        }
    }

    private static void Days(NativeColumn column, ReadOnlySpan<long> times, ReadOnlySpan<int> records)
    {
        var added = column.Extend<ushort>(records.Length);
        for (var i = 0; i < added.Length; i++)
        {
            added[i] = (ushort)(times[records[i]] / 86_400_000);
        }
    }

    private static void Ids(NativeColumn column, in EventBatch batch, ReadOnlySpan<int> records)
    {
        var added = column.Extend<ulong>(2 * records.Length);
        for (var i = 0; i < records.Length; i++)
        {
            added[2 * i] = batch.IdHigh[records[i]];
            added[(2 * i) + 1] = batch.IdLow[records[i]];
        }
    }

    private static void Optional(NativeColumn column, ReadOnlySpan<long> times, ReadOnlySpan<int> records)
    {
        var absent = column.ExtendNulls(records.Length);
        var added = column.Extend<long>(records.Length);
        for (var i = 0; i < added.Length; i++)
        {
            var time = times[records[i]];
            absent[i] = time == LongColumn.Absent ? (byte)1 : (byte)0;
            added[i] = time == LongColumn.Absent ? 0 : time;
        }
    }

    private static void TextsOf(NativeColumn column, ReadOnlySpan<int> words, in EventBatch batch, ReadOnlySpan<int> records)
    {
        Span<uint> numbers = stackalloc uint[Strip];
        for (var i = 0; i < records.Length; i++)
        {
            var word = words[records[i]];
            numbers[i] = column.NumberOf(word, batch.Words[word]);
        }

        column.AddNumbers(numbers[..records.Length]);
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
