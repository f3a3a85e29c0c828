using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Analytics.Core.Avro;

/// <summary>Writes Avro binary: the caller writes the fields of a record one after the other, in the order of its schema.</summary>
/// <remarks>
/// One record at a time: <see cref="Clear"/>, the fields, then <see cref="Written"/>, which is valid until the next <see cref="Clear"/>. The buffer grows
/// and stays, so a reused writer allocates nothing. Not thread-safe. A record has no header of its own; a union is <see cref="Branch"/> and then the value;
/// an enum is the <see cref="Int"/> of its symbol; an array or map is <see cref="Block"/>, its items, <see cref="EndBlocks"/>.
/// Source: Avro 1.11 specification, "Data Serialization and Deserialization".
/// </remarks>
public sealed class AvroWriter
{
    private const int LongestVarint = 10;
    private byte[] _bytes;
    private int _length;

    /// <summary>An empty writer.</summary>
    /// <param name="capacity">First size of the buffer in bytes; the default holds a usual event, and it doubles when it is full.</param>
    public AvroWriter(int capacity = 512) => _bytes = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes written since <see cref="Clear"/>.</summary>
    public int Length => _length;

    /// <summary>What was written since <see cref="Clear"/>; the writer's own memory.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>The same as <see cref="Written"/>, to hand to an asynchronous sender that is done before the next <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>Starts over and keeps the buffer.</summary>
    public void Clear() => _length = 0;

    /// <summary>A boolean.</summary>
    public void Boolean(bool value) => Room(1)[_length++] = value ? (byte)1 : (byte)0;

    /// <summary>An int, or the symbol of an enum.</summary>
    public void Int(int value) => Long(value);

    /// <summary>A long.</summary>
    public void Long(long value)
    {
        var bytes = Room(LongestVarint);
        var left = (ulong)(value << 1) ^ (ulong)(value >> 63);
        while (left >= 0x80)
        {
            bytes[_length++] = (byte)(left | 0x80);
            left >>= 7;
        }

        bytes[_length++] = (byte)left;
    }

    /// <summary>A float.</summary>
    public void Float(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(Room(4).AsSpan(_length), value);
        _length += 4;
    }

    /// <summary>A double.</summary>
    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8).AsSpan(_length), value);
        _length += 8;
    }

    /// <summary>A fixed; the caller keeps to the schema's size.</summary>
    public void Fixed(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Room(value.Length).AsSpan(_length));
        _length += value.Length;
    }

    /// <summary>A fixed of 16 bytes from its two big-endian halves, as <see cref="Fixed16Column"/> holds them.</summary>
    public void Fixed16(ulong high, ulong low)
    {
        var bytes = Room(16).AsSpan(_length);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        _length += 16;
    }

    /// <summary>Bytes, or a string that is already UTF-8.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Long(value.Length);
        Fixed(value);
    }

    /// <summary>A string. A lone surrogate, which UTF-8 cannot hold, is written as U+FFFD.</summary>
    public void String(ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Long(length);
        Encoding.UTF8.GetBytes(value, Room(length).AsSpan(_length));
        _length += length;
    }

    /// <summary>The branch of a union, from 0; its value follows.</summary>
    public void Branch(int branch) => Long(branch);

    /// <summary>Branch 0 of <c>["null", …]</c>: the value is absent.</summary>
    public void Null() => Long(0);

    /// <summary>A string of <c>["null", "string"]</c>.</summary>
    public void OptionalString(string? value)
    {
        Branch(value is null ? 0 : 1);
        if (value is not null)
        {
            String(value);
        }
    }

    /// <summary>A long of <c>["null", "long"]</c>; also an int of <c>["null", "int"]</c> that fits.</summary>
    public void OptionalLong(long? value)
    {
        Branch(value is null ? 0 : 1);
        if (value is { } present)
        {
            Long(present);
        }
    }

    /// <summary>A double of <c>["null", "double"]</c>.</summary>
    public void OptionalDouble(double? value)
    {
        Branch(value is null ? 0 : 1);
        if (value is { } present)
        {
            Double(present);
        }
    }

    /// <summary>Starts a block of <paramref name="items"/> items of an array or pairs of a map. An empty block is left out: 0 would end the array.</summary>
    public void Block(int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        if (items > 0)
        {
            Long(items);
        }
    }

    /// <summary>Ends an array or a map.</summary>
    public void EndBlocks() => Long(0);

    /// <summary>A whole map of strings.</summary>
    public void StringMap(IReadOnlyCollection<KeyValuePair<string, string>> pairs)
    {
        Block(pairs.Count);
        foreach (var (key, value) in pairs)
        {
            String(key);
            String(value);
        }

        EndBlocks();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte[] Room(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Min((uint)Array.MaxLength, Math.Max((uint)_bytes.Length * 2, (uint)_length + (uint)bytes)));
        }

        return _bytes;
    }
}
