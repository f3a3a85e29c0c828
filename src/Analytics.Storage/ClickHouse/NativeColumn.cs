using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Storage.ClickHouse;

/// <summary>One column of a <see cref="NativeBlock"/>, kept as the bytes that ClickHouse's Native format wants: no work is left for the time of sending.</summary>
/// <remarks>
/// A column has one section of bytes, or several that follow each other: a Nullable has its null map before its values, an Array its
/// offsets, a Map offsets, keys and values. Filled by one thread. Source: ClickHouse, "Native" input format.
/// </remarks>
public sealed class NativeColumn : IDisposable
{
    private readonly Section[] _sections;

    internal NativeColumn(string name, string type)
    {
        (Name, Type) = (name, type);
        var sections = type.StartsWith("Map(", StringComparison.Ordinal) ? 3
            : type.StartsWith("Array(", StringComparison.Ordinal) || type.StartsWith("Nullable(", StringComparison.Ordinal) ? 2 : 1;
        _sections = new Section[sections];
        for (var i = 0; i < sections; i++)
        {
            _sections[i] = new Section();
        }
    }

    /// <summary>The table's column.</summary>
    public string Name { get; }

    /// <summary>ClickHouse type of the bytes; plain where the table has LowCardinality, which the server converts.</summary>
    public string Type { get; }

    /// <summary>Bytes so far.</summary>
    public long Length
    {
        get
        {
            long length = 0;
            foreach (var section in _sections)
            {
                length += section.Length;
            }

            return length;
        }
    }

    internal IEnumerable<ReadOnlyMemory<byte>> Parts => _sections.Select(section => section.Memory);

    /// <summary>Adds a number in its little-endian form; its width must be the type's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(T value)
        where T : unmanaged, IBinaryInteger<T> => _sections[0].Add(value);

    /// <summary>Adds a String.</summary>
    public void AddText(ReadOnlySpan<byte> utf8) => _sections[0].AddText(utf8);

    /// <summary>Adds a UUID from its big-endian halves.</summary>
    public void AddUuid(ulong high, ulong low)
    {
        _sections[0].Add(high);
        _sections[0].Add(low);
    }

    /// <summary>Adds to a Nullable of a number: a value, or null.</summary>
    public void AddNullable<T>(T value, bool isNull)
        where T : unmanaged
    {
        _sections[0].Add<byte>(isNull ? (byte)1 : (byte)0);
        _sections[1].Add(isNull ? default : value);
    }

    /// <summary>Adds an Array(UInt64).</summary>
    public void AddArray(ReadOnlySpan<ulong> values)
    {
        _sections[1].AddBytes(MemoryMarshal.AsBytes(values));
        EndArray();
    }

    /// <summary>Adds one pair of texts to the Map of the current row; <see cref="EndMap"/> ends the row.</summary>
    public void AddPair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _sections[1].AddText(key);
        _sections[2].AddText(value);
        _sections[1].Items++;
    }

    /// <summary>Adds one pair of a text and a number to the Map of the current row.</summary>
    public void AddPair(ReadOnlySpan<byte> key, long value)
    {
        _sections[1].AddText(key);
        _sections[2].Add(value);
        _sections[1].Items++;
    }

    /// <summary>Ends the current row of a Map.</summary>
    public void EndMap() => _sections[0].Add(_sections[1].Items);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var section in _sections)
        {
            section.Dispose();
        }
    }

    private void EndArray() => _sections[0].Add((ulong)_sections[1].Length / sizeof(ulong));

    // Grows by doubling in arrays of the shared pool.
    private sealed class Section : IDisposable
    {
        private byte[] _bytes = [];
        public int Length;
        public ulong Items;

        public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<T>(T value)
            where T : unmanaged
        {
            var size = Unsafe.SizeOf<T>();
            if (_bytes.Length - Length < size)
            {
                Grow(size);
            }

            Unsafe.WriteUnaligned(ref _bytes[Length], value);
            Length += size;
        }

        public void AddBytes(ReadOnlySpan<byte> bytes)
        {
            if (_bytes.Length - Length < bytes.Length)
            {
                Grow(bytes.Length);
            }

            bytes.CopyTo(_bytes.AsSpan(Length));
            Length += bytes.Length;
        }

        public void AddText(ReadOnlySpan<byte> utf8)
        {
            for (var length = (uint)utf8.Length; ; length >>= 7)
            {
                if (length < 0x80)
                {
                    Add((byte)length);
                    break;
                }

                Add((byte)(length | 0x80));
            }

            AddBytes(utf8);
        }

        public void Dispose()
        {
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = [];
            Length = 0;
        }

        private void Grow(int more)
        {
            var grown = ArrayPool<byte>.Shared.Rent(checked(Math.Max(Length + more, Math.Max(256, Length * 2))));
            _bytes.AsSpan(0, Length).CopyTo(grown);
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = grown;
        }
    }
}
