using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Analytics.Core.Avro;

/// <summary>Strings of up to 32 bytes and their ids, each in its slot as a whole: an open table that is looked up without a loop over a string's bytes.</summary>
/// <remarks>Any number of threads may look while one adds. Its keys are drawn once a process, so that nobody can choose words that meet in one slot.</remarks>
internal sealed class ShortWords(int slots)
{
    /// <summary>Most bytes of a string.</summary>
    public const int Longest = 32;

    private static readonly Vector128<byte> Key0 = Vector128.Create(RandomNumberGenerator.GetBytes(16));
    private static readonly Vector128<byte> Key1 = Vector128.Create(RandomNumberGenerator.GetBytes(16));
    private readonly Slot[] _slots = new Slot[slots];
    private int _count;

    /// <summary>Number of strings. A reader finds at least as many as it has seen here.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>True at a quarter of its slots: nearly every word then stands in the first slot that is looked at.</summary>
    public bool IsFull => _count * 4 >= _slots.Length;

    /// <summary>The first of its slots.</summary>
    public ref Slot First => ref MemoryMarshal.GetArrayDataReference(_slots);

    /// <summary>Their number less one; a power of two less one.</summary>
    public uint Mask => (uint)_slots.Length - 1;

    /// <summary>The slot in which a string is looked for first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref Slot SlotOf(ref Slot first, uint mask, Vector256<byte> text) => ref Unsafe.Add(ref first, Hash(text) & mask);

    /// <summary>The id of a string, with zeros behind it; 0 when it is not here.</summary>
    public int Find(Vector256<byte> text, int length)
    {
        for (var at = Hash(text) & Mask; ; at = (at + 1) & Mask)
        {
            ref var slot = ref _slots[at];
            var id = Volatile.Read(ref slot.Id);
            if (id == 0 || slot.Holds(text, length))
            {
                return id;
            }
        }
    }

    /// <summary>Adds a string that is not here. The id is written last: a reader that sees it sees the rest of the slot.</summary>
    public void Add(Vector256<byte> text, int length, int id)
    {
        var at = Hash(text) & Mask;
        while (_slots[at].Id != 0)
        {
            at = (at + 1) & Mask;
        }

        _slots[at].Text = text;
        _slots[at].Length = length;
        Volatile.Write(ref _slots[at].Id, id);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The same strings in twice the slots.</summary>
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

    // All 32 bytes at once: no branch on the length, which differs from word to word and would be guessed wrongly. Each byte passes two rounds of AES with
    // keys that nobody knows; where the processor has none, the halves are folded by a product.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(Vector256<byte> text)
    {
        if (X86Aes.IsSupported)
        {
            return X86Aes.Encrypt(X86Aes.Encrypt(text.GetLower() ^ Key0, text.GetUpper()), Key1).AsUInt32().ToScalar();
        }

        var (low, high, key) = (text.GetLower().AsUInt64(), text.GetUpper().AsUInt64(), Key0.AsUInt64());
        return (uint)(Hash64.Join(Hash64.Join(Hash64.Join(Hash64.Join(key[0], low[0]), low[1] ^ key[1]), high[0]), high[1]) >> 32);
    }

    /// <summary>A string and its id; 0 while the slot is free.</summary>
    internal struct Slot
    {
        /// <summary>The string, with zeros behind it.</summary>
        public Vector256<byte> Text;

        /// <summary>The id.</summary>
        public int Id;

        /// <summary>Length in bytes.</summary>
        public int Length;

        /// <summary>True when the string is this one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Holds(Vector256<byte> text, int length) => Length == length && Text == text;
    }
}
