using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>Gives each distinct UTF-8 string a small id, so that the path compares and hashes integers and makes no <see cref="string"/>.</summary>
/// <remarks>
/// One for each chunk: ids mean nothing outside it, and its memory goes when the chunk is sealed. Id 0 is the empty string.
/// Any number of threads may call <see cref="Intern"/> and <see cref="this"/>; known strings take no lock.
/// Strings of up to 32 bytes, nearly all of them, are looked up as one vector without a loop over their bytes; longer ones by <see cref="Hash64"/>. So are short ones
/// beyond the first 65,536: strings that are ever new are hardly looked up again, and each would take some hundred bytes of that table.
/// </remarks>
public sealed class Words
{
    /// <summary>
    /// Bytes of a string that are kept: one more than any field may have, so that a longer one is still seen to be too long when it is judged, and a flood of
    /// them takes no more memory than that. Strings that differ only beyond it share an id.
    /// </summary>
    public const int LongestKept = EventLimits.LongTextBytes + 1;

    /// <summary>Strings that stand in the table of short ones: 16 MiB with all of its slots.</summary>
    internal const int MostShort = 1 << 16;

    private const int FirstSlots = 1024;
    private readonly Lock _adding = new();
    private byte[][] _texts = new byte[FirstSlots][];
    private ShortWords _short = new(FirstSlots);
    private HashedWords _hashed = new(16);
    private int _count;
    private int _longest;

    /// <summary>Starts with the empty string only.</summary>
    public Words() => Append([]);

    /// <summary>Number of strings, the empty one included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Length in bytes of the longest string that has an id.</summary>
    public int Longest => Volatile.Read(ref _longest);

    /// <summary>The bytes of one string.</summary>
    public ReadOnlySpan<byte> this[int id] => Volatile.Read(ref _texts)[id];

    /// <summary>The bytes of one string, to keep.</summary>
    public ReadOnlyMemory<byte> Memory(int id) => Volatile.Read(ref _texts)[id];

    /// <summary>The id of <paramref name="text"/>, a new one where it is not known yet.</summary>
    public int Intern(ReadOnlySpan<byte> text)
    {
        if (text.Length > ShortWords.Longest)
        {
            return InternHashed(text);
        }

        Span<byte> padded = stackalloc byte[ShortWords.Longest];
        padded.Clear();
        text.CopyTo(padded);
        return InternShort(Vector256.Create<byte>(padded), text.Length);
    }

    /// <summary>The table of short strings as it is now. A word that was added since is not in it, and found by <see cref="Intern"/>.</summary>
    internal ShortWords Short => Volatile.Read(ref _short);

    private int InternShort(Vector256<byte> text, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        var table = Short;
        // Before the look: what a whole table does not have stands elsewhere, what another does not have may just be added.
        var isWhole = table.Count == MostShort;
        var id = table.Find(text, length);
        return id > 0 ? id : isWhole ? InternHashed(text, length) : AddShort(text, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int InternHashed(Vector256<byte> text, int length)
    {
        Span<byte> bytes = stackalloc byte[ShortWords.Longest];
        text.CopyTo(bytes);
        return InternHashed(bytes[..length]);
    }

    private int InternHashed(ReadOnlySpan<byte> text)
    {
        text = text.Length > LongestKept ? text[..LongestKept] : text;
        var id = Volatile.Read(ref _hashed).Find(text, Volatile.Read(ref _texts));
        return id > 0 ? id : AddHashed(text);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddShort(Vector256<byte> text, int length)
    {
        lock (_adding)
        {
            var known = _short.Find(text, length);
            if (known > 0)
            {
                return known;
            }

            Span<byte> bytes = stackalloc byte[ShortWords.Longest];
            text.CopyTo(bytes);
            if (_short.Count == MostShort)
            {
                return AddHashed(bytes[..length]);
            }

            if (_short.IsFull)
            {
                Volatile.Write(ref _short, _short.Grown());
            }

            var id = Append(bytes[..length]);
            _short.Add(text, length, id);
            return id;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddHashed(ReadOnlySpan<byte> text)
    {
        lock (_adding)
        {
            var known = _hashed.Find(text, _texts);
            if (known > 0)
            {
                return known;
            }

            if (_hashed.IsFull)
            {
                Volatile.Write(ref _hashed, _hashed.Grown(_texts));
            }

            var id = Append(text);
            _hashed.Add(text, id);
            return id;
        }
    }

    // Before its slot: a reader that sees the id sees its text.
    private int Append(ReadOnlySpan<byte> text)
    {
        var id = _count;
        if (id == _texts.Length)
        {
            var grown = new byte[id * 2][];
            Array.Copy(_texts, grown, id);
            Volatile.Write(ref _texts, grown);
        }

        _texts[id] = text.ToArray();
        Volatile.Write(ref _longest, Math.Max(_longest, text.Length));
        Volatile.Write(ref _count, id + 1);
        return id;
    }

    /// <summary>Longer strings, and those beyond the table of short ones, by hash.</summary>
    private sealed class HashedWords(int slots)
    {
        private readonly (int Id, uint Hash)[] _slots = new (int, uint)[slots];
        private int _count;

        public bool IsFull => _count * 2 >= _slots.Length;

        // A text that is newer than the reader's array of texts is found again under the lock.
        public int Find(ReadOnlySpan<byte> text, byte[][] texts)
        {
            var mask = (uint)_slots.Length - 1;
            var hash = Hash(text);
            for (var at = hash & mask; ; at = (at + 1) & mask)
            {
                var id = Volatile.Read(ref _slots[at].Id);
                if (id == 0 || id >= texts.Length)
                {
                    return 0;
                }

                if (_slots[at].Hash == hash && text.SequenceEqual(texts[id]))
                {
                    return id;
                }
            }
        }

        public void Add(ReadOnlySpan<byte> text, int id)
        {
            var mask = (uint)_slots.Length - 1;
            var hash = Hash(text);
            var at = hash & mask;
            while (_slots[at].Id != 0)
            {
                at = (at + 1) & mask;
            }

            _slots[at].Hash = hash;
            Volatile.Write(ref _slots[at].Id, id);
            _count++;
        }

        public HashedWords Grown(byte[][] texts)
        {
            var grown = new HashedWords(_slots.Length * 2);
            foreach (var (id, _) in _slots)
            {
                if (id != 0)
                {
                    grown.Add(texts[id], id);
                }
            }

            return grown;
        }

        private static uint Hash(ReadOnlySpan<byte> text) => (uint)(Hash64.Of(text) >> 32);
    }
}
