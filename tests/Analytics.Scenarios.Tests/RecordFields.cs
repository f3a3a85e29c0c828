using System.Buffers.Binary;
using Analytics.Core.Avro;

namespace Analytics.Scenarios.Tests;

/// <summary>A record as the bytes of its fields, in the schema's order, so that one of them can be broken.</summary>
internal sealed class RecordFields(int schemaId, params byte[][] fields)
{
    /// <summary>The record with one field's bytes replaced.</summary>
    public byte[] With(int field, byte[] bytes) => Frame(schemaId, Join(fields.Select((own, i) => i == field ? bytes : own)));

    /// <summary>The record as it should be.</summary>
    public byte[] Whole() => Frame(schemaId, Join(fields));

    /// <summary>Bytes behind the header that names a schema.</summary>
    public static byte[] Frame(int schemaId, byte[] body)
    {
        var record = new byte[5 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(1), schemaId);
        body.CopyTo(record, 5);
        return record;
    }

    /// <summary>The bytes that a writer's calls make.</summary>
    public static byte[] Bytes(Action<AvroWriter> write)
    {
        var writer = new AvroWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>A string of any bytes.</summary>
    public static byte[] Text(params byte[] utf8) => Bytes(writer => writer.Bytes(utf8));

    /// <summary>A string of so many letters.</summary>
    public static byte[] Letters(int count) => Bytes(writer => writer.String(new string('a', count)));

    /// <summary>A string, as a branch of a nullable field.</summary>
    public static byte[] OptionalLetters(int count) => Bytes(writer => writer.OptionalString(new string('a', count)));

    /// <summary>A whole number.</summary>
    public static byte[] Number(long value) => Bytes(writer => writer.Long(value));

    /// <summary>One order line in an array.</summary>
    public static byte[] Line(string product = "P-1", int quantity = 1, long price = 100, long discount = 0) => Bytes(writer =>
    {
        writer.Block(1);
        writer.String(product);
        writer.Int(quantity);
        writer.Long(price);
        writer.Long(discount);
        writer.EndBlocks();
    });

    /// <summary>All pieces, one after the other.</summary>
    public static byte[] Join(IEnumerable<byte[]> pieces) => [.. pieces.SelectMany(piece => piece)];
}
