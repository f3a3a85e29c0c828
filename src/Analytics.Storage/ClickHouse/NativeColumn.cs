using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Storage.ClickHouse;

/// <summary>One column of a <see cref="NativeBlock"/>, kept as the bytes that ClickHouse's Native format wants: no work is left for the time of sending.</summary>
/// <remarks>
/// A column has one section of bytes, or several that follow each other: a Nullable has its null map before its values, an Array its
/// offsets, a Map offsets, keys and values, a LowCardinality its dictionary and the rows' numbers in it. Filled by one thread.
/// Source: ClickHouse, "Native" input format.
/// </remarks>
public sealed class NativeColumn
{
    private readonly NativeSection[] _sections;
    private readonly WordDictionary? _words;

    internal NativeColumn(string name, string type)
    {
        (Name, Type) = (name, type);
        var sections = type.StartsWith("Map(", StringComparison.Ordinal) ? 3
            : type == LowCardinality || type.StartsWith("Array(", StringComparison.Ordinal) || type.StartsWith("Nullable(", StringComparison.Ordinal) ? 2 : 1;
        _sections = new NativeSection[sections];
        for (var i = 0; i < sections; i++)
        {
            _sections[i] = new NativeSection();
        }

        _words = type == LowCardinality ? new WordDictionary() : null;
        Header = HeaderOf(name, type);
    }

    /// <summary>The type of a text column whose distinct texts are sent once a block.</summary>
    public const string LowCardinality = "LowCardinality(String)";

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

    /// <summary>Name and type as they go over the wire before the bytes.</summary>
    internal ReadOnlyMemory<byte> Header { get; }

    /// <summary>Bytes of memory that the column holds, used or not.</summary>
    internal long Capacity
    {
        get
        {
            long capacity = 0;
            foreach (var section in _sections)
            {
                capacity += section.Capacity;
            }

            return capacity;
        }
    }

    internal IEnumerable<ReadOnlyMemory<byte>> Parts => _words is null
        ? _sections.SelectMany(section => section.Parts)
        : _words.Parts(_sections[0], _sections[1]);

    /// <summary>Adds a number in its little-endian form; its width must be the type's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(T value)
        where T : unmanaged, IBinaryInteger<T> => _sections[0].Add(value);

    /// <summary>Adds this many numbers at once, which the caller writes; their width must be the type's. Valid until the next addition.</summary>
    public Span<T> Extend<T>(int count)
        where T : unmanaged => _sections[^1].Extend<T>(count);

    /// <summary>Adds the same number this many times.</summary>
    public void Fill<T>(T value, int count)
        where T : unmanaged => _sections[^1].Extend<T>(count).Fill(value);

    /// <summary>The number of a word in a LowCardinality's dictionary, which it joins if it is new; rows are then added as numbers, see <see cref="AddNumbers"/>.</summary>
    /// <param name="word">The word's id in its chunk; ids of several chunks never share a block.</param>
    /// <param name="utf8">Its text.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint NumberOf(int word, ReadOnlySpan<byte> utf8) => _words!.TryGet(word, out var number) ? number : NewNumber(word, utf8);

    /// <summary>Adds rows to a LowCardinality by the numbers of their words.</summary>
    public void AddNumbers(ReadOnlySpan<uint> numbers) => _words!.Write(_sections[1], numbers);

    /// <summary>Adds this many rows of one word to a LowCardinality.</summary>
    public void FillWord(int word, ReadOnlySpan<byte> utf8, int count)
    {
        Span<uint> numbers = stackalloc uint[Math.Min(count, 256)];
        numbers.Fill(NumberOf(word, utf8));
        for (; count > 0; count -= numbers.Length)
        {
            AddNumbers(numbers[..Math.Min(count, numbers.Length)]);
        }
    }

    /// <summary>Adds as many Strings as there are records, each empty where the column has none.</summary>
    /// <param name="texts">The column of the batch.</param>
    /// <param name="bytes">The batch's bytes.</param>
    /// <param name="records">The records.</param>
    public void AddTexts(SpanColumn texts, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> records)
    {
        foreach (var record in records)
        {
            _sections[0].AddText(texts.Of(record, bytes));
        }
    }

    /// <summary>Adds to the null map of a Nullable, 1 for null, which the caller writes; the values are added beside it, see <see cref="Extend"/>.</summary>
    public Span<byte> ExtendNulls(int count) => _sections[0].Extend<byte>(count);

    /// <summary>Adds one row to a LowCardinality.</summary>
    public void AddWord(int word, ReadOnlySpan<byte> utf8) => AddNumbers([NumberOf(word, utf8)]);

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

    /// <summary>Adds to an Array(UInt64): one array for each row.</summary>
    /// <param name="counts">How many values are a row's.</param>
    /// <param name="values">The values of all rows, one row's after the other's.</param>
    public void AddArrays(ReadOnlySpan<int> counts, ReadOnlySpan<ulong> values)
    {
        var end = (ulong)_sections[1].Length / sizeof(ulong);
        var ends = _sections[0].Extend<ulong>(counts.Length);
        for (var i = 0; i < counts.Length; i++)
        {
            end += (uint)counts[i];
            ends[i] = end;
        }

        _sections[1].AddBytes(MemoryMarshal.AsBytes(values));
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

    /// <summary>Empties the column and gives its pages back.</summary>
    internal void Clear()
    {
        _words?.Clear();
        foreach (var section in _sections)
        {
            section.Clear();
        }
    }

    private static byte[] HeaderOf(string name, string type)
    {
        var header = new NativeSection();
        header.AddText(Encoding.UTF8.GetBytes(name));
        header.AddText(Encoding.UTF8.GetBytes(type));
        byte[] bytes = [.. header.Parts.SelectMany(part => part.ToArray())];
        header.Clear();
        return bytes;
    }

    private uint NewNumber(int word, ReadOnlySpan<byte> utf8)
    {
        _sections[0].AddText(utf8);
        return _words!.Add(word);
    }
}
