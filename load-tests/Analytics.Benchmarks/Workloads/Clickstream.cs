using System.Buffers.Binary;
using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Benchmarks.Workloads;

/// <summary>The clickstream that the rows are measured on: about 90 bytes a record, 1,000 tenants of which few have most of the traffic.</summary>
/// <remarks>Made from a seed, so every run and every side sees the same bytes. Records carry Confluent's 5-byte header.</remarks>
internal sealed class Clickstream
{
    /// <summary>Number of tenants.</summary>
    public const int Tenants = 1_000;

    /// <summary>Unix milliseconds of the first record: a fixed Monday.</summary>
    public const long Start = 1_767_571_200_000;

    /// <summary>Milliseconds over which the records happen: an hour.</summary>
    public const long Span = 3_600_000;

    /// <summary>The id under which the records' schema is registered.</summary>
    public const int SchemaId = 1;

    private static readonly string[] Names = ["page_view", "product_view", "click", "search", "add_to_cart", "checkout_start", "scroll", "login"];
    private static readonly string[] Countries = ["US", "DE", "GB", "FR", "NL", "CH", "AT", "IT", "ES", "PL", "SE", "JP"];
    private static readonly string[] Devices = ["desktop", "mobile", "tablet"];

    private readonly int[] _starts;

    private Clickstream(byte[] bytes, int[] starts) => (Bytes, _starts) = (bytes, starts);

    /// <summary>All records, one after the other, with the padding that the decoder may read beyond the last.</summary>
    public byte[] Bytes { get; }

    /// <summary>Number of records.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Bytes of all records.</summary>
    public int Size => _starts[^1];

    /// <summary>Where record <paramref name="i"/> starts.</summary>
    public int StartOf(int i) => _starts[i];

    /// <summary>Its length, header included.</summary>
    public int LengthOf(int i) => _starts[i + 1] - _starts[i];

    /// <summary>Makes <paramref name="count"/> records.</summary>
    public static Clickstream Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        var writer = new AvroWriter(count * 96);
        var starts = new int[count + 1];
        Span<byte> header = stackalloc byte[5];
        BinaryPrimitives.WriteInt32BigEndian(header[1..], SchemaId);
        for (var i = 0; i < count; i++)
        {
            starts[i] = writer.Length;
            writer.Fixed(header);
            Record(writer, random, i, count);
        }

        starts[count] = writer.Length;
        var bytes = new byte[writer.Length + 64];
        writer.Written.CopyTo(bytes);
        return new Clickstream(bytes, starts);
    }

    /// <summary>Writes the records as <c>[length][bytes]…</c>, little endian, for readers in other languages.</summary>
    public void WriteFramed(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        Span<byte> length = stackalloc byte[4];
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, LengthOf(i));
            file.Write(length);
            file.Write(Bytes, StartOf(i), LengthOf(i));
        }
    }

    /// <summary>Writes the records as an Avro object container file, uncompressed, 4,096 records a block, without their headers.</summary>
    public void WriteContainer(string path, string schema)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var writer = new AvroWriter(1 << 20);
        var sync = Encoding.ASCII.GetBytes("analytics-bench!");
        writer.Fixed("Obj\u0001"u8);
        writer.StringMap(new Dictionary<string, string> { ["avro.schema"] = schema, ["avro.codec"] = "null" });
        writer.Fixed(sync);
        file.Write(writer.Written);
        for (var first = 0; first < Count; first += 4096)
        {
            var last = Math.Min(first + 4096, Count);
            writer.Clear();
            writer.Long(last - first);
            writer.Long(_starts[last] - _starts[first] - 5L * (last - first));
            for (var i = first; i < last; i++)
            {
                writer.Fixed(Bytes.AsSpan(StartOf(i) + 5, LengthOf(i) - 5));
            }

            writer.Fixed(sync);
            file.Write(writer.Written);
        }
    }

    // A square of a uniform number: the first tenth of the tenants has a third of the traffic.
    private static void Record(AvroWriter writer, Random random, int i, int count)
    {
        var uniform = random.NextDouble();
        var tenant = 1 + (int)(uniform * uniform * Tenants);
        writer.Fixed16((ulong)random.NextInt64(), (ulong)i + 1);
        writer.Long(tenant);
        writer.String(Names[random.Next(64) switch { < 32 => 0, < 48 => 1, < 54 => 2, var other => 3 + other % 5 }]);
        writer.String($"u{random.Next(tenant * 40)}");
        writer.OptionalString($"s{random.Next(100_000)}");
        writer.Long(Start + i * (Span - 2_000) / count + random.Next(2_000));
        writer.OptionalLong(null);
        writer.OptionalLong(null);
        writer.OptionalString(random.Next(8) == 0 ? "/cart" : $"/p/{random.Next(500)}");
        writer.OptionalString(null);
        writer.OptionalString(null);
        writer.OptionalString(null);
        writer.OptionalString(Countries[random.Next(Countries.Length)]);
        writer.OptionalString(Devices[random.Next(Devices.Length)]);
        writer.OptionalString(null);
        writer.OptionalString(random.Next(4) == 0 ? $"P-{random.Next(300)}" : null);
        writer.EndBlocks();
    }
}
