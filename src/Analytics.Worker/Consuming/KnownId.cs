using System.Buffers.Binary;

namespace Analytics.Worker.Consuming;

/// <summary>An event id that stood in an older log of the same topic and partition.</summary>
/// <param name="Offset">Negative, as if the logs followed each other: -1 for the last offset of the log before this one, -2 for the one before it.</param>
/// <param name="High">Bytes 0 to 7 of the id, big endian.</param>
/// <param name="Low">Bytes 8 to 15.</param>
internal readonly record struct KnownId(long Offset, ulong High, ulong Low)
{
    /// <summary>From an id.</summary>
    public static KnownId Of(long offset, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new KnownId(offset, BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
