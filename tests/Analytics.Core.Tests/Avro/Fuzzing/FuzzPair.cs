using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro.Fuzzing;

/// <summary>A random writer's schema, a later version of it as the reader's, and records: whole ones, damaged ones, and bytes that were never a record.</summary>
internal sealed class FuzzPair
{
    private static readonly byte[] Telling = [0, 1, 2, 3, 4, 0x0F, 0x10, 0x7E, 0x7F, 0x80, 0x81, 0xC0, 0xC3, 0xED, 0xFE, 0xFF];
    private readonly RandomSchemas _schemas;
    private readonly Random _random;
    private readonly AvroWriter _record = new();
    private int _made;

    /// <summary>The same seed makes the same pair and the same records.</summary>
    public FuzzPair(int seed, bool withAliases)
    {
        _schemas = new RandomSchemas(seed, withAliases);
        _random = new Random(~seed);
        var (writer, reader) = _schemas.Pair();
        (WriterText, ReaderText) = (writer.ToJsonString(), reader.ToJsonString());
        (Writer, Reader) = (AvroSchema.Parse(WriterText), AvroSchema.Parse(ReaderText));
    }

    public string WriterText { get; }

    public string ReaderText { get; }

    public AvroSchema Writer { get; }

    public AvroSchema Reader { get; }

    /// <summary>The next record: in turns a whole one, two damaged ones, and one of random bytes.</summary>
    public byte[] Next()
    {
        var kind = _made++ % 4;
        if (kind == 3)
        {
            return RandomBytes(_random);
        }

        _record.Clear();
        _schemas.Write(_record, Writer);
        return kind == 0 ? _record.Written.ToArray() : Damaged(_random, [.. _record.Written]);
    }

    /// <summary>Bytes of which most are small: lengths and branches that lead deeper into the record.</summary>
    public static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(160)];
        foreach (ref var one in bytes.AsSpan())
        {
            one = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)random.Next(12);
        }

        return bytes;
    }

    /// <summary>One to three faults in a record.</summary>
    public static byte[] Damaged(Random random, List<byte> record)
    {
        for (var faults = 1 + random.Next(3); faults > 0; faults--)
        {
            var at = random.Next(record.Count + 1);
            switch (random.Next(8))
            {
                case 0:
                    record.RemoveRange(at, record.Count - at);
                    break;
                case 1:
                    record.AddRange(Enumerable.Repeat((byte)random.Next(256), 1 + random.Next(3)));
                    break;
                case 2:
                    record.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 3:
                    record.InsertRange(at, Huge(random));
                    break;
                case 4 when at < record.Count:
                    record.RemoveAt(at);
                    break;
                case 5 when at < record.Count:
                    record[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 6 when at < record.Count:
                    record[at] = (byte)random.Next(256);
                    break;
                default:
                    if (at < record.Count)
                    {
                        record[at] = Telling[random.Next(Telling.Length)];
                    }

                    break;
            }
        }

        return [.. record];
    }

    // A number of 2 to 11 bytes, as a length, a count or a branch.
    private static IEnumerable<byte> Huge(Random random) => [.. Enumerable.Repeat((byte)(0x80 | random.Next(128)), 1 + random.Next(10)), (byte)random.Next(3)];
}
