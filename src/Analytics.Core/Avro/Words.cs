using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Analytics.Core.Avro;

/// <summary>Gives each distinct UTF-8 string a small id, so that the path compares and hashes integers and makes no <see cref="string"/>.</summary>
/// <remarks>
/// One for each chunk: ids mean nothing outside it, and its memory goes when the chunk is sealed. Id 0 is the empty string.
/// Any number of threads may call <see cref="Intern"/> and <see cref="this"/>; known strings take no lock.
/// Strings of up to 32 bytes, nearly all of them, are looked up as one vector without a loop over their bytes; longer ones by <see cref="Hash64"/>.
/// </remarks>
public sealed class Words
{
    private const int FirstSlots = 1024;
    private readonly Lock _adding = new();
    private byte[][] _texts = new byte[FirstSlots][];
    private ShortWords _short = new(FirstSlots);
    private LongWords _long = new(16);
    private int _count;

    /// <summary>Starts with the empty string only.</summary>
    public Words() => Append([]);

    /// <summary>Number of strings, the empty one included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The bytes of one string.</summary>
    public ReadOnlySpan<byte> this[int id] => Volatile.Read(ref _texts)[id];

    /// <summary>The bytes of one string, to keep.</summary>
    public ReadOnlyMemory<byte> Memory(int id) => Volatile.Read(ref _texts)[id];

    /// <summary>The id of <paramref name="text"/>, a new one where it is not known yet.</summary>
    public int Intern(ReadOnlySpan<byte> text)
    {
        if (text.Length > ShortWords.Longest)
        {
            return InternLong(text);
        }

        Span<byte> padded = stackalloc byte[ShortWords.Longest];
        padded.Clear();
        text.CopyTo(padded);
        return InternShort(Vector256.Create<byte>(padded), text.Length);
    }

    /// <summary>The id of a string of up to 32 bytes, which <paramref name="text"/> holds with zeros behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int InternShort(Vector256<byte> text, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        var id = Volatile.Read(ref _short).Find(text, length);
        return id > 0 ? id : AddShort(text, length);
    }

    private int InternLong(ReadOnlySpan<byte> text)
    {
        var id = Volatile.Read(ref _long).Find(text, Volatile.Read(ref _texts));
        return id > 0 ? id : AddLong(text);
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

            if (_short.IsFull)
            {
                Volatile.Write(ref _short, _short.Grown());
            }

            Span<byte> bytes = stackalloc byte[ShortWords.Longest];
            text.CopyTo(bytes);
            var id = Append(bytes[..length]);
            _short.Add(text, length, id);
            return id;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddLong(ReadOnlySpan<byte> text)
    {
        lock (_adding)
        {
            var known = _long.Find(text, _texts);
            if (known > 0)
            {
                return known;
            }

            if (_long.IsFull)
            {
                Volatile.Write(ref _long, _long.Grown(_texts));
            }

            var id = Append(text);
            _long.Add(text, id);
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
        Volatile.Write(ref _count, id + 1);
        return id;
    }

    /// <summary>Strings of up to 32 bytes, each in its slot as a whole.</summary>
    private sealed class ShortWords(int slots)
    {
        public const int Longest = 32;

        // Different in every process, so that nobody can choose words that meet in one slot. Ids do not depend on them.
        private static readonly ulong Factor0 = RandomOdd();
        private static readonly ulong Factor1 = RandomOdd();
        private static readonly ulong Factor2 = RandomOdd();
        private static readonly ulong Factor3 = RandomOdd();
        private readonly Slot[] _slots = new Slot[slots];
        private int _count;

        public bool IsFull => _count * 2 >= _slots.Length;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Find(Vector256<byte> text, int length)
        {
            ref var slots = ref MemoryMarshal.GetArrayDataReference(_slots);
            var mask = (uint)_slots.Length - 1;
            for (var at = Hash(text, length) & mask; ; at = (at + 1) & mask)
            {
                ref var slot = ref Unsafe.Add(ref slots, at);
                var id = Volatile.Read(ref slot.Id);
                if (id == 0 || (slot.Text == text && slot.Length == length))
                {
                    return id;
                }
            }
        }

        // The id is written last: a reader that sees it sees the rest of the slot.
        public void Add(Vector256<byte> text, int length, int id)
        {
            var mask = (uint)_slots.Length - 1;
            var at = Hash(text, length) & mask;
            while (_slots[at].Id != 0)
            {
                at = (at + 1) & mask;
            }

            _slots[at].Text = text;
            _slots[at].Length = length;
            Volatile.Write(ref _slots[at].Id, id);
            _count++;
        }

        public ShortWords Grown()
        {
            var grown = new ShortWords(_slots.Length * 2);
            foreach (var slot in _slots)
            {
                if (slot.Id != 0)
                {
                    grown.Add(slot.Text, slot.Length, slot.Id);
                }
            }

            return grown;
        }

        // All 32 bytes at once: no branch on the length, which differs from word to word and would be guessed wrongly. The sum of products leaves the
        // last letter of each 8 in the highest bits only; the second product brings it down.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint Hash(Vector256<byte> text, int length)
        {
            var words = text.AsUInt64();
            var sum = (words[0] * Factor0) + (words[1] * Factor1) + (words[2] * Factor2) + (words[3] * Factor3) + (ulong)length;
            return (uint)(((sum ^ (sum >> 29)) * Factor0) >> 32);
        }

        private static ulong RandomOdd() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

        private struct Slot
        {
            public Vector256<byte> Text;
            public int Id;
            public int Length;
        }
    }

    /// <summary>Longer strings, by hash.</summary>
    private sealed class LongWords(int slots)
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

        public LongWords Grown(byte[][] texts)
        {
            var grown = new LongWords(_slots.Length * 2);
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
