using System.Buffers.Binary;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Simulation.Tests.Making;

/// <summary>Makes the log of one partition: events of a few tenants in a few minutes, resends, poison, wrong clocks, holes, pauses.</summary>
internal sealed class Traffic(Plan plan, Dice dice)
{
    /// <summary>The id under which the registry knows a topic's schema.</summary>
    public static int SchemaOf(string topic) => topic switch { Topics.Clickstream => 7, Topics.Orders => 8, _ => 9 };

    /// <summary>An id of the same schema that the registry does not know, or not yet.</summary>
    public static int LateSchemaOf(string topic) => 400 + SchemaOf(topic);

    /// <summary>The start of all logs.</summary>
    public const long Epoch = 1_750_000_000_000;

    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    private readonly AvroWriter _writer = new();

    /// <summary>A whole log.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="older">What the partition held before the topic was recreated, oldest first.</param>
    public MadeLog Make(string topic, int partition, IReadOnlyList<MadeLog> older)
    {
        var records = new List<MadeRecord>(plan.Records);
        var originals = Originals(older);
        var (offset, timestamp) = (0L, (older.Count > 0 ? older[^1].Records.Max(record => record.Timestamp) + 1 : Epoch) + dice.Below(60_000));
        for (var i = 0; i < plan.Records; i++)
        {
            if (dice.Permille(plan.Holes) && i > 0)
            {
                offset += dice.Between(1, plan.LargestHole);
            }

            // Producers may stamp out of order.
            timestamp += dice.Permille(plan.HourJumps) ? dice.Of(Hour - 1, Hour, Hour + 1, 3 * Hour) : dice.Between(-200, 1_500);
            var record = dice.Permille(plan.Resends) ? Resend(originals, offset) : dice.Permille(plan.Poison) ? Poison(topic, timestamp)
                : plan.RegistersLate && dice.Below(3) == 0 ? Late(topic, Good(topic, timestamp)) : Good(topic, timestamp);
            records.Add(record with { Offset = offset, Timestamp = timestamp });
            originals.Add((offset, records[^1]));
            offset++;
        }

        return new MadeLog(topic, partition, older.Count, records);
    }

    // Records of older logs, at offsets before this one's. Of an event that a log brought more than once the history keeps one place, and does not say which: nobody sends it again.
    private static List<(long At, MadeRecord Record)> Originals(IReadOnlyList<MadeLog> older)
    {
        var end = older.Sum(log => log.Records[^1].Offset + 1);
        var originals = new List<(long At, MadeRecord Record)>();
        foreach (var log in older)
        {
            originals.AddRange(log.Records.Select(record => (record.Offset - end, record)));
            end -= log.Records[^1].Offset + 1;
        }

        var once = originals.CountBy(original => original.Record.Id).Where(count => count.Value == 1).Select(count => count.Key).ToHashSet();
        return [.. originals.Where(original => once.Contains(original.Record.Id))];
    }

    // At the horizon, just within and just beyond it, or anywhere.
    private MadeRecord Resend(List<(long At, MadeRecord Record)> originals, long offset)
    {
        var back = dice.Of(1, dice.Between(1, plan.Horizon * 2), plan.Horizon - 1, plan.Horizon, plan.Horizon, plan.Horizon + 1);
        var original = originals.FindLast(original => original.At <= offset - back && original.Record.Event is not null).Record;
        return original ?? Good(Topics.Clickstream, Epoch) with { Bytes = null, Event = null, Id = Guid.Empty };
    }

    private MadeRecord Good(string topic, long timestamp)
    {
        var (country, device) = (dice.Of("", "DE", "US"), dice.Of("", "mobile", "desktop"));
        var (referrer, source) = dice.Of((null, "direct"), ("https://www.google.com/search", "search"), ("https://example.org/page", "referral"));
        var (agent, bot) = dice.Of((null, 0), (null, 0), ("Googlebot/2.1", 1));
        var made = EventOf(topic, Times(timestamp), (country, device, referrer, agent));
        var isVisit = topic != Topics.Inventory;
        return Encoded(made) with
        {
            Country = isVisit ? country : "",
            Device = !isVisit ? "" : device.Length > 0 ? device : bot == 1 ? "other" : "",
            Source = isVisit ? source : "direct",
            IsBot = isVisit ? bot : 0,
        };
    }

    private ProducedEvent EventOf(
        string topic, (DateTimeOffset Created, DateTimeOffset? Sent, DateTimeOffset? Received) at, (string Country, string Device, string? Referrer, string? Agent) from)
    {
        var (tenant, user, product) = (dice.Between(1, 3), $"u{dice.Below(6)}", dice.Of("p1", "p2", "p3"));
        var session = dice.Of(null, "s1", "s2");
        string? country = from.Country.Length == 0 ? null : from.Country, device = from.Device.Length == 0 ? null : from.Device;
        return topic switch
        {
            Topics.Clickstream => new ClickstreamEvent
            {
                EventId = dice.Id(),
                TenantId = tenant,
                Name = dice.Of("page_view", "add_to_cart", "checkout_start", "search"),
                UserId = user,
                SessionId = session,
                CreatedAt = at.Created,
                SentAt = at.Sent,
                ReceivedAt = at.Received,
                Country = country,
                Device = device,
                Referrer = from.Referrer,
                UserAgent = from.Agent,
                ProductId = dice.Of(null, product),
            },
            Topics.Orders => new OrderEvent
            {
                EventId = dice.Id(),
                TenantId = tenant,
                OrderId = $"o{dice.Below(1_000)}",
                UserId = user,
                SessionId = session,
                Status = dice.Of(OrderStatus.Placed, OrderStatus.Placed, OrderStatus.Cancelled, OrderStatus.Refunded),
                Currency = dice.Of("USD", "EUR"),
                CreatedAt = at.Created,
                SentAt = at.Sent,
                ReceivedAt = at.Received,
                Country = country,
                Device = device,
                Referrer = from.Referrer,
                UserAgent = from.Agent,
                Lines = Lines(),
            },
            _ => new StockEvent
            {
                EventId = dice.Id(),
                TenantId = tenant,
                ProductId = product,
                Stock = dice.Below(50),
                CreatedAt = at.Created,
                SentAt = at.Sent,
                ReceivedAt = at.Received,
            },
        };
    }

    private List<OrderLine> Lines()
    {
        var lines = new List<OrderLine>();
        for (var count = dice.Between(1, 3); count > 0; count--)
        {
            lines.Add(new OrderLine(dice.Of("p1", "p2", "p3"), dice.Between(1, 4), dice.Between(1, 5_000), dice.Of(0L, 1L)));
        }

        return lines;
    }

    // What the client's clock says.
    private (DateTimeOffset Created, DateTimeOffset? Sent, DateTimeOffset? Received) Times(long timestamp)
    {
        if (!dice.Permille(plan.WrongTimes))
        {
            return (At(timestamp - 100), null, dice.Of<DateTimeOffset?>(null, At(timestamp - 50)));
        }

        return dice.Below(5) switch
        {
            0 => (At(timestamp - dice.Of(3 * Minute, 90 * Minute, 2 * Day, 6 * Day, 7 * Day, 7 * Day + 1)), null, null),
            1 => (At(timestamp + 7 * Day), At(timestamp + 7 * Day + 4 * Minute), At(timestamp - 10)),
            2 => (At(timestamp + 5 * Minute + dice.Below(2)), null, null),
            3 => (At(timestamp + dice.Between(6, 600) * Minute), null, At(timestamp - 30)),
            _ => (At(timestamp + 24 * Hour + dice.Below(2)), null, null),
        };
    }

    /// <summary>
    /// What the rules of one version make of a record, after SEMANTICS.md: received - (sent - created) where sent is given, else created; set to the receipt when too
    /// far ahead of it.
    /// </summary>
    public static MadeRecord Judged(MadeRecord record, MadeVersion rules)
    {
        if (record.Event is not { } made)
        {
            return record;
        }

        var created = made.CreatedAt.ToUnixTimeMilliseconds();
        var receipt = made.ReceivedAt?.ToUnixTimeMilliseconds() ?? record.Timestamp;
        var time = made.SentAt is { } sent ? receipt - (sent.ToUnixTimeMilliseconds() - created) : created;
        var ahead = time - receipt;
        time = ahead > rules.ClampAheadMinutes * Minute ? receipt : time;
        var defect = made.TenantId <= 0 ? "missing_tenant"
            : made.EventId == Guid.Empty ? "missing_event_id"
            : ahead > rules.RejectAheadHours * Hour ? "future_timestamp"
            : made is ClickstreamEvent && rules.MaxAgeDays > 0 && record.Timestamp - time > rules.MaxAgeDays * Day ? "too_old"
            : null;
        return record with { EventTime = time, Defect = defect };
    }

    private MadeRecord Poison(string topic, long timestamp)
    {
        var good = Good(topic, timestamp);
        var bytes = good.Bytes!;
        return dice.Below(9) switch
        {
            0 => Unreadable(bytes[..dice.Below(5)], "too_short"),
            1 => Unreadable([1, .. bytes[1..]], "bad_magic_byte"),
            2 => Late(topic, good),
            3 => Unreadable(bytes[..dice.Between(5, bytes.Length - 1)], "truncated"),
            4 => Unreadable([.. bytes, 0], "trailing_bytes"),
            5 => new MadeRecord { Offset = 0, Timestamp = 0, Bytes = null },
            6 => Encoded(good.Event! with { TenantId = 0 }),
            7 => Encoded(good.Event! with { EventId = Guid.Empty }),
            _ => Encoded(good.Event! with { CreatedAt = At(timestamp + dice.Of(-7 * Day - 1, 24 * Hour + 1)), SentAt = null, ReceivedAt = null }) with
            {
                Country = good.Country,
                Device = good.Device,
                Source = good.Source,
                IsBot = good.IsBot,
            },
        };
    }

    private static MadeRecord Late(string topic, MadeRecord good) => good with { Bytes = WithSchema(good.Bytes!, LateSchemaOf(topic)), IsOfLateSchema = true };

    private static MadeRecord Unreadable(byte[] bytes, string defect) => new() { Offset = 0, Timestamp = 0, Bytes = bytes, Defect = defect };

    private MadeRecord Encoded(ProducedEvent made)
    {
        WireFormat.Begin(_writer, SchemaOf(Topics.Of(made)));
        EventEncoding.Write(_writer, made);
        return new MadeRecord { Offset = 0, Timestamp = 0, Bytes = _writer.Written.ToArray(), Event = made, Id = made.EventId };
    }

    private static byte[] WithSchema(byte[] bytes, int id)
    {
        byte[] copy = [.. bytes];
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(1), id);
        return copy;
    }

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
