using System.Buffers.Binary;
using System.Globalization;
using Analytics.Core.Avro;

namespace Analytics.Benchmarks.Workloads;

/// <summary>The clickstream that the rows are measured on: about 90 bytes a record, 14 of the schema's 17 fields filled, 1,000 tenants of which few have most of the traffic.</summary>
/// <remarks>Made from a seed, so every run and every side sees the same bytes. Records carry Confluent's 5-byte header.</remarks>
internal sealed class Clickstream
{
    /// <summary>Number of tenants.</summary>
    public const int Tenants = 1_000;

    /// <summary>Unix milliseconds of the first record where nothing else is asked for: a fixed Monday.</summary>
    public const long Start = 1_767_571_200_000;

    /// <summary>The id under which the records' schema is registered.</summary>
    public const int SchemaId = 1;

    private const int HeaderBytes = 5;

    private readonly int[] _starts;
    private readonly int[] _tenants;

    private Clickstream(byte[] bytes, int[] starts, int[] tenants, Shape shape, long end, int groups) =>
        (Bytes, _starts, _tenants, Shape, End, Groups) = (bytes, starts, tenants, shape, end, groups);

    /// <summary>How the events are spread.</summary>
    public Shape Shape { get; }

    /// <summary>All records, one after the other, with the padding that the decoder may read beyond the last.</summary>
    public byte[] Bytes { get; }

    /// <summary>Unix milliseconds after every event of the records.</summary>
    public long End { get; }

    /// <summary>Distinct (tenant, minute, name, country, device) among the records.</summary>
    public int Groups { get; }

    /// <summary>Number of records.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Bytes of all records.</summary>
    public int Size => _starts[^1];

    /// <summary>Where record <paramref name="i"/> starts.</summary>
    public int StartOf(int i) => _starts[i];

    /// <summary>Its length, header included.</summary>
    public int LengthOf(int i) => _starts[i + 1] - _starts[i];

    /// <summary>The tenant of record <paramref name="i"/>.</summary>
    public int TenantOf(int i) => _tenants[i];

    /// <summary>Record <paramref name="i"/>.</summary>
    public ReadOnlySpan<byte> this[int i] => Bytes.AsSpan(_starts[i], LengthOf(i));

    /// <summary>Makes <paramref name="count"/> records.</summary>
    public static Clickstream Make(int count, Shape shape, long start = Start, int seed = 1)
    {
        var span = shape == Shape.Live ? 300_000 : 3_600_000;
        ITraffic traffic = shape == Shape.Live ? new LiveTraffic(start, span, count, seed) : new ImportTraffic(start, span, seed);
        var ids = new Random(~seed);
        var writer = new AvroWriter(count * 100);
        var (starts, tenants) = (new int[count + 1], new int[count]);
        var groups = new HashSet<(int, long, string, string, string)>();
        for (var i = 0; i < count; i++)
        {
            var click = traffic.Next(i, count);
            (starts[i], tenants[i]) = (writer.Length, click.Tenant);
            groups.Add((click.Tenant, click.Time / 60_000, click.Name, click.Country, click.Device));
            Encode(writer, click, (ulong)ids.NextInt64(), (ulong)i + 1);
        }

        starts[count] = writer.Length;
        return new Clickstream(Padded(writer.Written), starts, tenants, shape, start + span, groups.Count);
    }

    /// <summary>The records in parts of nearly equal size, a tenant whole in one of them: as many partitions of a topic.</summary>
    public Clickstream[] Split(int parts)
    {
        var partOf = Shares(parts);
        return [.. Enumerable.Range(0, parts).Select(part => Only([.. Enumerable.Range(0, Count).Where(i => partOf[_tenants[i]] == part)]))];
    }

    /// <summary>What the records are, in one sentence.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{Count:N0} events of {(double)Size / Count:0.0} B on average, 14 of the schema's 17 fields filled, {Tenants:N0} tenants, {Groups:N0} groups of (tenant, minute, name, country, device)");

    // The largest tenant first, each to the part that has least.
    private int[] Shares(int parts)
    {
        var (sums, partOf) = (new long[parts], new int[Tenants + 1]);
        foreach (var tenant in _tenants.GroupBy(tenant => tenant).OrderByDescending(events => events.Count()).ThenBy(events => events.Key))
        {
            var least = Array.IndexOf(sums, sums.Min());
            (partOf[tenant.Key], sums[least]) = (least, sums[least] + tenant.Count());
        }

        return partOf;
    }

    private Clickstream Only(int[] records)
    {
        var (starts, bytes) = (new int[records.Length + 1], new AvroWriter(records.Length * 100));
        for (var i = 0; i < records.Length; i++)
        {
            bytes.Fixed(this[records[i]]);
            starts[i + 1] = bytes.Length;
        }

        return new Clickstream(Padded(bytes.Written), starts, [.. records.Select(record => _tenants[record])], Shape, End, Groups);
    }

    /// <summary>One record of its own.</summary>
    public static byte[] Record(in Click click, ulong idHigh, ulong idLow)
    {
        var writer = new AvroWriter(128);
        Encode(writer, click, idHigh, idLow);
        return writer.Written.ToArray();
    }

    /// <summary>Gives a record another id, in place, so that it is no duplicate.</summary>
    public static void SetId(Span<byte> record, ulong idLow) => BinaryPrimitives.WriteUInt64BigEndian(record[(HeaderBytes + 8)..], idLow);

    // As the collector writes it: sent at once, received at once, by clocks that agree. Address and agent are left out, and the referrer.
    private static void Encode(AvroWriter writer, in Click click, ulong idHigh, ulong idLow)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], SchemaId);
        writer.Fixed(header);
        writer.Fixed16(idHigh, idLow);
        writer.Long(click.Tenant);
        writer.String(click.Name);
        writer.String($"u{click.User}");
        writer.OptionalString($"s{click.Session}");
        writer.Long(click.Time);
        writer.OptionalLong(click.Time);
        writer.OptionalLong(click.Time);
        writer.OptionalString(click.Url);
        writer.OptionalString(null);
        writer.OptionalString(null);
        writer.OptionalString(null);
        writer.OptionalString(click.Country);
        writer.OptionalString(click.Device);

        // By tenant, so that the channel that follows from it makes no more groups.
        writer.OptionalString(click.Tenant % 8 == 0 ? "c7" : null);
        writer.OptionalString(click.Product);
        if (idLow % 16 == 0)
        {
            writer.Block(1);
            writer.String("ab");
            writer.String("b");
        }

        writer.EndBlocks();
    }

    private static byte[] Padded(ReadOnlySpan<byte> records)
    {
        var bytes = new byte[records.Length + 64];
        records.CopyTo(bytes);
        return bytes;
    }
}
