using System.Runtime.CompilerServices;

namespace Analytics.Core.Avro;

/// <summary>Gives each distinct UTF-8 string a small id, so that the path compares and hashes integers and makes no <see cref="string"/>.</summary>
/// <remarks>
/// One for each chunk: ids mean nothing outside it, and its memory goes when the chunk is sealed. Id 0 is the empty string.
/// Any number of threads may call <see cref="Intern"/> and <see cref="this"/>; known strings take no lock.
/// </remarks>
public sealed class Words
{
    private readonly Lock _adding = new();
    private Table _table = new(1024);

    /// <summary>Starts with the empty string only.</summary>
    public Words() => Add([], Hash([]));

    /// <summary>Number of strings, the empty one included.</summary>
    public int Count => Volatile.Read(ref _table).Count;

    /// <summary>The bytes of one string.</summary>
    public ReadOnlySpan<byte> this[int id] => Volatile.Read(ref _table).Texts[id];

    /// <summary>The bytes of one string, to keep.</summary>
    public ReadOnlyMemory<byte> Memory(int id) => Volatile.Read(ref _table).Texts[id];

    /// <summary>The id of <paramref name="text"/>, a new one where it is not known yet.</summary>
    public int Intern(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        var hash = Hash(text);
        var id = Find(Volatile.Read(ref _table), text, hash);
        return id >= 0 ? id : Add(text, hash);
    }

    private static int Find(Table table, ReadOnlySpan<byte> text, uint hash)
    {
        for (var slot = hash & table.Mask; ; slot = (slot + 1) & table.Mask)
        {
            var id = Volatile.Read(ref table.Slots[slot]) - 1;
            if (id < 0)
            {
                return -1;
            }

            if (table.Hashes[id] == hash && text.SequenceEqual(table.Texts[id]))
            {
                return id;
            }
        }
    }

    private int Add(ReadOnlySpan<byte> text, uint hash)
    {
        lock (_adding)
        {
            var table = _table;
            if (table.Count > 0 && Find(table, text, hash) is >= 0 and var known)
            {
                return known;
            }

            if (table.Count * 2 >= table.Slots.Length)
            {
                table = table.Grown();
                Volatile.Write(ref _table, table);
            }

            return table.Append(text.ToArray(), hash);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> text) => (uint)(Hash64.Of(text) >> 32);

    private sealed class Table(int slots)
    {
        public readonly int[] Slots = new int[slots];
        public readonly byte[][] Texts = new byte[slots / 2 + 1][];
        public readonly uint[] Hashes = new uint[slots / 2 + 1];
        public int Count;

        public uint Mask => (uint)Slots.Length - 1;

        // The slot is written last: a reader that sees the id sees its text.
        public int Append(byte[] text, uint hash)
        {
            var id = Count;
            Texts[id] = text;
            Hashes[id] = hash;
            Volatile.Write(ref Count, id + 1);
            var slot = hash & Mask;
            while (Slots[slot] != 0)
            {
                slot = (slot + 1) & Mask;
            }

            Volatile.Write(ref Slots[slot], id + 1);
            return id;
        }

        public Table Grown()
        {
            var grown = new Table(Slots.Length * 2);
            for (var id = 0; id < Count; id++)
            {
                grown.Append(Texts[id], Hashes[id]);
            }

            return grown;
        }
    }
}
