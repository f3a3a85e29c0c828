using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;

namespace Analytics.Worker.Enriching;

/// <summary>Says of each decoded record whether it can be counted; the first rule that it breaks is its reason.</summary>
/// <remarks>Functions of the record alone: no clock, no look-up. A record that the decoder has judged keeps its verdict.</remarks>
internal static class EventRules
{
    /// <summary>Judges every record of the batch that is accepted so far.</summary>
    /// <param name="raw">The records as fetched: topic and Kafka timestamps.</param>
    /// <param name="columns">Their fields; verdicts are written here.</param>
    /// <param name="clock">The topic's rules of time.</param>
    /// <param name="times">Receives the derived event times.</param>
    /// <param name="clamped">Receives 1 where the time was clamped.</param>
    public static void Judge(RawBatch raw, EventColumns columns, in EventClock clock, Span<long> times, Span<byte> clamped)
    {
        var topic = KindOf(raw.Chunk.Id.Topic);
        var words = raw.Chunk.Words;
        var (shortTexts, shortMaps) = (TextsFit(columns, raw.Count), columns.Properties.Longest(raw.Count) <= 2 * EventLimits.Properties);
        for (var row = 0; row < raw.Count; row++)
        {
            if (columns.Verdicts[row] != Verdict.Accepted)
            {
                (times[row], clamped[row]) = (raw.Timestamps[row], 0);
                continue;
            }

            var verdict = Identity(columns, row, topic);
            var time = clock.Derive(
                columns.Created.Values[row], columns.Sent.Values[row], columns.Received.Values[row], raw.Timestamps[row], out times[row], out clamped[row]);
            verdict = verdict != Verdict.Accepted || (shortTexts && words.Longest <= EventLimits.NameBytes) ? verdict : Texts(columns, row, words);
            verdict = verdict != Verdict.Accepted || shortMaps ? verdict : Properties(columns, row, raw.Bytes);
            verdict = verdict != Verdict.Accepted ? verdict : time;
            columns.Verdicts[row] = verdict != Verdict.Accepted ? verdict : topic switch
            {
                Kind.Orders => Order(columns, row, words),
                Kind.Inventory => StockLevel(columns, row, words),
                _ => Verdict.Accepted,
            };
        }
    }

    private static Kind KindOf(string topic) => topic switch
    {
        Topics.Orders => Kind.Orders,
        Topics.Inventory => Kind.Inventory,
        _ => Kind.Clicks,
    };

    // One look at the lengths of a whole batch instead of seven at each of its records: hardly any batch has a text that is too long.
    private static bool TextsFit(EventColumns columns, int rows) =>
        columns.User.Longest(rows) <= EventLimits.TextBytes
            && columns.Session.Longest(rows) <= EventLimits.TextBytes
            && columns.Url.Longest(rows) <= EventLimits.LongTextBytes
            && columns.Referrer.Longest(rows) <= EventLimits.LongTextBytes
            && columns.Ip.Longest(rows) <= EventLimits.IpBytes
            && columns.OrderId.Longest(rows) <= EventLimits.NameBytes
            && columns.Title.Longest(rows) <= EventLimits.LongTextBytes;

    private static Verdict Identity(EventColumns columns, int row, Kind topic)
    {
        if (columns.Tenant.Values[row] <= 0)
        {
            return Verdict.MissingTenant;
        }

        if ((columns.EventId.High[row] | columns.EventId.Low[row]) == 0)
        {
            return Verdict.MissingEventId;
        }

        var isNamed = topic switch
        {
            Kind.Orders => columns.OrderId.Length[row] > 0,
            Kind.Inventory => columns.Product.Ids[row] != 0,
            _ => columns.Name.Ids[row] != 0,
        };
        if (!isNamed)
        {
            return Verdict.MissingName;
        }

        return topic != Kind.Inventory && columns.User.Length[row] <= 0 ? Verdict.MissingUser : Verdict.Accepted;
    }

    private enum Kind
    {
        Clicks,
        Orders,
        Inventory,
    }

    private static Verdict Texts(EventColumns columns, int row, Words words)
    {
        var fits = columns.User.Length[row] <= EventLimits.TextBytes
            && columns.Session.Length[row] <= EventLimits.TextBytes
            && columns.Url.Length[row] <= EventLimits.LongTextBytes
            && columns.Referrer.Length[row] <= EventLimits.LongTextBytes
            && columns.Ip.Length[row] <= EventLimits.IpBytes
            && columns.OrderId.Length[row] <= EventLimits.NameBytes
            && columns.Title.Length[row] <= EventLimits.LongTextBytes
            && (words.Longest <= EventLimits.NameBytes || WordsFit(columns, row, words));
        return fits ? Verdict.Accepted : Verdict.TextTooLong;
    }

    // No word that is within the smallest limit has to be looked at.
    private static bool WordsFit(EventColumns columns, int row, Words words) =>
        words[columns.Name.Ids[row]].Length <= EventLimits.NameBytes
            && words[columns.Product.Ids[row]].Length <= EventLimits.NameBytes
            && (words.Longest <= EventLimits.TextBytes || OtherWordsFit(columns, row, words));

    private static bool OtherWordsFit(EventColumns columns, int row, Words words) =>
        words[columns.UserAgent.Ids[row]].Length <= EventLimits.LongTextBytes
            && words[columns.Country.Ids[row]].Length <= EventLimits.TextBytes
            && words[columns.Device.Ids[row]].Length <= EventLimits.TextBytes
            && words[columns.Campaign.Ids[row]].Length <= EventLimits.TextBytes;

    // A pair takes at least two bytes, so short maps need not be walked.
    private static Verdict Properties(EventColumns columns, int row, byte[] bytes)
    {
        if (columns.Properties.Length[row] <= 2 * EventLimits.Properties)
        {
            return Verdict.Accepted;
        }

        var pairs = new TextPairs(columns.Properties.Of(row, bytes));
        var count = 0;
        while (pairs.Next(out _, out _))
        {
            count++;
        }

        return count > EventLimits.Properties ? Verdict.TooManyItems : Verdict.Accepted;
    }

    private static Verdict Order(EventColumns columns, int row, Words words)
    {
        if (!IsCurrency(words[columns.Currency.Ids[row]]))
        {
            return Verdict.InvalidCurrency;
        }

        var (start, count) = (columns.Lines.Start[row], columns.Lines.Count[row]);
        if (count <= 0)
        {
            return Verdict.NoLines;
        }

        if (count > EventLimits.Lines)
        {
            return Verdict.TooManyItems;
        }

        long left = EventLimits.Amount;
        for (var line = start; line < start + count; line++)
        {
            var product = words[columns.LineProduct.Ids[line]].Length;
            if (product is 0 or > EventLimits.NameBytes)
            {
                return product == 0 ? Verdict.MissingName : Verdict.TextTooLong;
            }

            var (quantity, price, discount) = (columns.LineQuantity.Values[line], columns.LineUnitPrice.Values[line], columns.LineDiscount.Values[line]);
            if (quantity is < 1 or > int.MaxValue)
            {
                return Verdict.InvalidQuantity;
            }

            if (price < 0 || price > left / quantity || discount < 0 || discount > quantity * price)
            {
                return Verdict.InvalidAmount;
            }

            left -= quantity * price;
        }

        return Verdict.Accepted;
    }

    private static Verdict StockLevel(EventColumns columns, int row, Words words)
    {
        if (columns.Currency.Ids[row] != 0 && !IsCurrency(words[columns.Currency.Ids[row]]))
        {
            return Verdict.InvalidCurrency;
        }

        if (columns.Stock.Values[row] < 0)
        {
            return Verdict.InvalidQuantity;
        }

        var price = columns.Price.Values[row];
        return price != LongColumn.Absent && (price is < 0 or > EventLimits.Amount) ? Verdict.InvalidAmount : Verdict.Accepted;
    }

    private static bool IsCurrency(ReadOnlySpan<byte> text) =>
        text.Length == 3 && char.IsAsciiLetter((char)text[0]) && char.IsAsciiLetter((char)text[1]) && char.IsAsciiLetter((char)text[2]);
}
