using System.Buffers.Binary;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>The frame of a record in Kafka: a zero byte, the id of the writer's schema as 4 bytes big endian, then the Avro record.</summary>
/// <remarks>Source: Confluent schema registry, "Wire format".</remarks>
public static class WireFormat
{
    /// <summary>Bytes before the Avro record.</summary>
    public const int HeaderLength = 5;

    /// <summary>Clears the writer and writes the header; the record's fields follow.</summary>
    public static void Begin(AvroWriter writer, int schemaId)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteInt32BigEndian(header[1..], schemaId);
        writer.Clear();
        writer.Fixed(header);
    }

    /// <summary>Reads the header: <see cref="Verdict.Accepted"/> and the schema id, or what is wrong and -1.</summary>
    public static Verdict Read(ReadOnlySpan<byte> message, out int schemaId)
    {
        schemaId = -1;
        if (message.Length > 0 && message[0] != 0)
        {
            return Verdict.BadMagicByte;
        }

        if (message.Length < HeaderLength)
        {
            return Verdict.TooShort;
        }

        schemaId = BinaryPrimitives.ReadInt32BigEndian(message[1..]);
        return Verdict.Accepted;
    }
}
