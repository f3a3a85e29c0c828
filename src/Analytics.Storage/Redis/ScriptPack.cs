using System.Buffers;
using System.Buffers.Binary;

namespace Analytics.Storage.Redis;

/// <summary>Many values for a script as one argument: a MessagePack array, which the server takes apart with <c>cmsgpack.unpack</c>.</summary>
/// <remarks>
/// Of every argument the client makes an array and a line with its length; of a value in a pack it copies the bytes (decision 15). One thread at a time.
/// Source: https://github.com/msgpack/msgpack/blob/master/spec.md; cmsgpack is built into Redis.
/// </remarks>
internal sealed class ScriptPack
{
    /// <summary>Most bytes of a text.</summary>
    public const int LongestText = 512;

    private const int HeaderBytes = 5;
    private const byte Array32 = 0xDD;
    private const byte EightBytes = 0xA8;
    private const byte Text16 = 0xDA;
    private const byte Int64 = 0xD3;
    private const byte Int32 = 0xD2;
    private const byte Int16 = 0xD1;
    private const int SmallBelow = 0x80;
    private readonly ArrayBufferWriter<byte> _bytes = new(4_096);

    /// <summary>An empty pack.</summary>
    public ScriptPack() => Clear();

    /// <summary>Values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a whole number. Lua keeps it as a double: exact to 9·10^15.</summary>
    public void Add(long value)
    {
        var to = _bytes.GetSpan(1 + sizeof(long));
        if (value is >= 0 and < SmallBelow)
        {
            to[0] = (byte)value;
            End(1);
        }
        else if (value == (short)value)
        {
            to[0] = Int16;
            BinaryPrimitives.WriteInt16BigEndian(to[1..], (short)value);
            End(1 + sizeof(short));
        }
        else if (value == (int)value)
        {
            to[0] = Int32;
            BinaryPrimitives.WriteInt32BigEndian(to[1..], (int)value);
            End(1 + sizeof(int));
        }
        else
        {
            to[0] = Int64;
            BinaryPrimitives.WriteInt64BigEndian(to[1..], value);
            End(1 + sizeof(long));
        }
    }

    /// <summary>Adds a number as its eight bytes, the lowest first: a text for the server.</summary>
    public void AddBytes(ulong value)
    {
        var to = _bytes.GetSpan(1 + sizeof(ulong));
        to[0] = EightBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(to[1..], value);
        End(1 + sizeof(ulong));
    }

    /// <summary>Where the caller writes a text; <see cref="EndText"/> adds it.</summary>
    public Span<byte> BeginText() => _bytes.GetSpan(1 + sizeof(short) + LongestText).Slice(1 + sizeof(short), LongestText);

    /// <summary>Adds the text that stands in <see cref="BeginText"/>.</summary>
    public void EndText(int length)
    {
        var to = _bytes.GetSpan(1 + sizeof(short) + length);
        to[0] = Text16;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)length);
        End(1 + sizeof(short) + length);
    }

    /// <summary>The argument. The pack is empty afterwards.</summary>
    public byte[] Take()
    {
        var argument = _bytes.WrittenSpan.ToArray();
        argument[0] = Array32;
        BinaryPrimitives.WriteUInt32BigEndian(argument.AsSpan(1), (uint)Count);
        Clear();
        return argument;
    }

    private void End(int length)
    {
        _bytes.Advance(length);
        Count++;
    }

    private void Clear()
    {
        _bytes.ResetWrittenCount();
        _bytes.GetSpan(HeaderBytes);
        _bytes.Advance(HeaderBytes);
        Count = 0;
    }
}
