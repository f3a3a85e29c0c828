using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Analytics.Storage.ClickHouse;

/// <summary>The dictionary of one LowCardinality(String) column of one block: numbers words as they come.</summary>
/// <remarks>Source: ClickHouse, serialization of LowCardinality in the Native format, version 1: additional keys only, no shared dictionary.</remarks>
internal sealed class WordDictionary
{
    private const ulong Version = 1;
    private const ulong OwnKeys = 1 << 9;
    private const ulong NewDictionary = 1 << 10;

    private const int Recent = 128;
    private const int NoWord = -1;

    private readonly Dictionary<int, uint> _numbers = [];

    // The words asked for last, each at a place of its own: texts that repeat, which is what such columns hold, are found without hashing.
    private readonly (int Word, uint Number)[] _recent = new (int, uint)[Recent];
    private int _width;
    private int _rows;

    /// <summary>An empty dictionary.</summary>
    public WordDictionary() => Clear();

    /// <summary>The number of a word, where it is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(int word, out uint number)
    {
        ref readonly var recent = ref _recent[word & (Recent - 1)];
        number = recent.Number;
        return recent.Word == word || TryFind(word, out number);
    }

    /// <summary>Gives the next number to a new word.</summary>
    public uint Add(int word)
    {
        var number = (uint)_numbers.Count;
        _numbers.Add(word, number);
        _recent[word & (Recent - 1)] = (word, number);
        return number;
    }

    /// <summary>Writes the numbers of rows, in the fewest bytes that the dictionary's size allows.</summary>
    public void Write(NativeSection to, ReadOnlySpan<uint> numbers)
    {
        while (_width < 2 && _numbers.Count > 1 << (8 << _width))
        {
            Widen(to);
        }

        switch (_width)
        {
            case 0:
                Narrow(numbers, to.Extend<byte>(numbers.Length));
                break;
            case 1:
                Narrow(numbers, to.Extend<ushort>(numbers.Length));
                break;
            default:
                numbers.CopyTo(to.Extend<uint>(numbers.Length));
                break;
        }

        _rows += numbers.Length;
    }

    /// <summary>Forgets the words.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _recent.AsSpan().Fill((NoWord, 0));
        (_width, _rows) = (0, 0);
    }

    /// <summary>The column as it goes over the wire.</summary>
    /// <param name="texts">The words' texts, each with its length before it, in order of their numbers.</param>
    /// <param name="rows">What <see cref="Write"/> has written.</param>
    public IEnumerable<ReadOnlyMemory<byte>> Parts(NativeSection texts, NativeSection rows) =>
        [Longs(Version, OwnKeys | NewDictionary | (uint)_width, (ulong)_numbers.Count), .. texts.Parts, Longs((ulong)_rows), .. rows.Parts];

    private bool TryFind(int word, out uint number)
    {
        if (!_numbers.TryGetValue(word, out number))
        {
            return false;
        }

        _recent[word & (Recent - 1)] = (word, number);
        return true;
    }

    private void Widen(NativeSection rows)
    {
        if (_width++ == 0)
        {
            rows.Widen<byte, ushort>();
        }
        else
        {
            rows.Widen<ushort, uint>();
        }
    }

    private static void Narrow<T>(ReadOnlySpan<uint> from, Span<T> to)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = T.CreateTruncating(from[i]);
        }
    }

    private static byte[] Longs(params ReadOnlySpan<ulong> values)
    {
        var bytes = new byte[values.Length * sizeof(ulong)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), values[i]);
        }

        return bytes;
    }
}
