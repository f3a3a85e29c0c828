using System.Buffers.Binary;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Chaos.Tests.Loads;

/// <summary>Makes the records of a load from a seed: clicks, orders and stock levels, half of them of one tenant, with duplicates, late events and poison among them.</summary>
/// <remarks>One thread. Everything that was made stands in <see cref="Manifest"/>, by number.</remarks>
internal sealed class LoadPlan(int seed, int partitions, IReadOnlyDictionary<string, int> schemaIds)
{
    /// <summary>The tenant of half of the traffic.</summary>
    public const long HotTenant = 1;

    private const int OtherTenants = 19;

    /// <summary>All tenants but those of a flood.</summary>
    public static readonly IReadOnlyList<long> Tenants = [.. Enumerable.Range(0, OtherTenants + 1).Select(i => HotTenant + i)];

    private const int UsersPerTenant = 150;
    private static readonly string[] Clicks = ["page_view", "page_view", "page_view", "product_view", "add_to_cart", "checkout_start"];
    private static readonly string[] Countries = ["DE", "FR", "US", "JP"];

    private readonly Random _random = new(seed);
    private readonly AvroWriter _writer = new();
    private readonly List<PlannedRecord> _manifest = [];

    /// <summary>Every record made so far; a record's number is its place.</summary>
    public IReadOnlyList<PlannedRecord> Manifest => _manifest;

    /// <summary>Whether records are sent again.</summary>
    public bool Resends { get; set; } = true;

    /// <summary>Whether records name a schema that the registry does not know.</summary>
    public bool UnknownSchemas { get; set; } = true;

    /// <summary>The only partition in which they do so; null for any.</summary>
    public int? UnknownIn { get; set; }

    /// <summary>The next record; or, four times of a hundred, one of the last two thousand again.</summary>
    public PlannedRecord Next(DateTimeOffset now)
    {
        var chance = _random.Next(1_000);
        if (chance < 40 && Resends && _manifest.Count > 0 && Again() is { } again)
        {
            return again;
        }

        var planned = chance switch
        {
            < 65 => Poison(now),
            < 70 => new PlannedRecord
            {
                Number = _manifest.Count,
                Topic = Topics.Clickstream,
                Partition = _random.Next(partitions),
                Bytes = null,
                Fate = Fate.Filtered,
            },
            < 690 => Click(now),
            < 930 => Order(now),
            _ => Level(now),
        };
        _manifest.Add(planned);
        return planned;
    }

    /// <summary>A click of a tenant with a product, page and campaign that no other has.</summary>
    public PlannedRecord NextDistinct(long tenant, DateTimeOffset now)
    {
        var number = _manifest.Count;
        var (user, name, product) = ($"u{number % UsersPerTenant}", $"page_{number}", $"P-{number}");
        var planned = Plan(
            new ClickstreamEvent { EventId = NewId(), TenantId = tenant, Name = name, UserId = user, CreatedAt = now, ProductId = product, Campaign = $"c{number}", Country = "DE" },
            name, user, product);
        _manifest.Add(planned);
        return planned;
    }

    private PlannedRecord? Again()
    {
        var one = _manifest[Math.Max(0, _manifest.Count - 1 - _random.Next(2_000))];
        return one.Fate == Fate.Counted ? one : null;
    }

    private PlannedRecord Click(DateTimeOffset now)
    {
        var (tenant, user) = Who();
        var name = Clicks[_random.Next(Clicks.Length)];
        var product = _random.Next(3) == 0 ? $"P-{_random.Next(40)}" : null;
        return Plan(
            new ClickstreamEvent
            {
                EventId = NewId(),
                TenantId = tenant,
                Name = name,
                UserId = user,
                SessionId = $"s-{user}",
                CreatedAt = When(now, oldest: 6),
                Url = "https://shop.example/a",
                Country = Countries[_random.Next(Countries.Length)],
                Device = "mobile",
                ProductId = product,
            },
            name, user, product);
    }

    private PlannedRecord Order(DateTimeOffset now)
    {
        var (tenant, user) = Who();
        var status = _random.Next(10) switch { 0 => OrderStatus.Cancelled, 1 => OrderStatus.Refunded, _ => OrderStatus.Placed };
        PlannedLine[] lines =
        [
            .. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ =>
            {
                var (quantity, price) = (1 + _random.Next(4), 100L + _random.Next(20_000));
                return new PlannedLine($"P-{_random.Next(40)}", quantity, price, _random.Next(5) == 0 ? _random.Next(100) : 0);
            }),
        ];
        var order = $"A-{_manifest.Count}";
        return Plan(
            new OrderEvent
            {
                EventId = NewId(),
                TenantId = tenant,
                OrderId = order,
                UserId = user,
                Status = status,
                Currency = "USD",
                CreatedAt = When(now, oldest: 40),
                Country = Countries[_random.Next(Countries.Length)],
                Lines = [.. lines.Select(line => new OrderLine(line.Product, line.Quantity, line.Price, line.Discount))],
            },
            status switch { OrderStatus.Placed => "order_placed", OrderStatus.Cancelled => "order_cancelled", _ => "order_refunded" }, user) with
        {
            Lines = lines,
            Order = order,
        };
    }

    private PlannedRecord Level(DateTimeOffset now)
    {
        var (tenant, _) = Who();
        var product = $"P-{_random.Next(40)}";
        return Plan(
            new StockEvent { EventId = NewId(), TenantId = tenant, ProductId = product, Stock = _random.Next(100), CreatedAt = When(now, oldest: 6) }, "stock_level", "") with
        {
            Partition = PartitionOf(tenant, product),
        };
    }

    private PlannedRecord Poison(DateTimeOffset now)
    {
        var (tenant, user) = Who();
        var click = new ClickstreamEvent { EventId = NewId(), TenantId = tenant, Name = "page_view", UserId = user, CreatedAt = now };
        var whole = Encode(click);
        return _random.Next(9) switch
        {
            0 => Reject(click, "bad_magic_byte", [7, .. whole.AsSpan(1)]),
            1 => Reject(click, "too_short", whole[..3]),
            2 => Reject(click, "truncated", whole[..^1]),
            3 => Reject(click, "trailing_bytes", [.. whole, 0]),
            4 when UnknownSchemas => Reject(click, "unknown_schema", Unknown(whole)) is var unknown && UnknownIn is { } only ? unknown with { Partition = only } : unknown,
            5 => Reject(click, "missing_tenant", Encode(click with { TenantId = 0 })),
            6 => Reject(click, "missing_user", Encode(click with { UserId = "" })),
            7 => Reject(click, "future_timestamp", Encode(click with { CreatedAt = now.AddHours(30) })),
            _ => Reject(click, "too_old", Encode(click with { CreatedAt = now.AddDays(-30) })),
        };
    }

    private PlannedRecord Reject(ClickstreamEvent click, string reason, byte[] bytes) => new()
    {
        Number = _manifest.Count,
        Topic = Topics.Clickstream,
        Partition = PartitionOf(click.TenantId, click.UserId),
        Bytes = bytes,
        Fate = Fate.Rejected,
        Reason = reason,
    };

    private PlannedRecord Plan(ProducedEvent made, string name, string user, string? product = null) => new()
    {
        Number = _manifest.Count,
        Topic = Topics.Of(made),
        Partition = PartitionOf(made.TenantId, user),
        Bytes = Encode(made),
        Id = made.EventId,
        Tenant = made.TenantId,
        Minute = made.CreatedAt.ToUnixTimeSeconds() / 60,
        Name = name,
        User = user,
        Product = product,
    };

    private byte[] Encode(ProducedEvent made)
    {
        WireFormat.Begin(_writer, schemaIds[Topics.Of(made)]);
        EventEncoding.Write(_writer, made);
        return _writer.Written.ToArray();
    }

    private static byte[] Unknown(byte[] whole)
    {
        byte[] bytes = [.. whole];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), 900_001);
        return bytes;
    }

    private (long Tenant, string User) Who() =>
        (_random.Next(2) == 0 ? HotTenant : HotTenant + 1 + _random.Next(OtherTenants), $"u{_random.Next(UsersPerTenant)}");

    private int PartitionOf(long tenant, string who) => (int)(Hash64.Of(System.Text.Encoding.UTF8.GetBytes($"{tenant}:{who}")) % (uint)partitions);

    // Three of a hundred are late, by hours or by days.
    private DateTimeOffset When(DateTimeOffset now, int oldest) => _random.Next(100) switch
    {
        0 => now.AddDays(-_random.Next(3, oldest)),
        1 or 2 => now.AddMinutes(-_random.Next(60, 600)),
        _ => now,
    };

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
