using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Analytics.Worker.Windowing;

/// <summary>A key of a <see cref="FlatTable{TKey, TValue}"/>: a struct that hashes and compares itself.</summary>
internal interface IFlatKey<TKey>
{
    /// <summary>A hash whose 64 bits are all spread.</summary>
    ulong Hash { get; }

    /// <summary>Same key.</summary>
    bool Is(in TKey other);
}

/// <summary>What a <see cref="FlatTable{TKey, TValue}"/> keeps for one key, all of it side by side.</summary>
internal struct Slot<TKey, TValue>
{
    /// <summary>The key.</summary>
    public TKey Key;

    /// <summary>The value.</summary>
    public TValue Value;

    /// <summary>The entry's number + 1; 0 in a free slot.</summary>
    internal int Number;

    /// <summary>Bits for the owner of the table: what has to happen with this entry. 0 for a new one.</summary>
    public int Marks;

    /// <summary>Entries are numbered from 0 in the order in which their keys came.</summary>
    public readonly int Entry => Number - 1;
}

/// <summary>An open-addressing table of structs that only grows: entries are numbered in the order in which their keys came.</summary>
/// <remarks>
/// Key, value and number stand side by side, aligned so that a slot of 32 or 64 bytes lies in one cache line: a probe costs one miss, and none when
/// <see cref="Prefetch(ulong)"/> was called some dozen probes before. One thread. Bounded by its chunk: a chunk has at most as many keys as records. <see cref="Clear"/>
/// keeps the memory for the next chunk.
/// </remarks>
internal sealed class FlatTable<TKey, TValue>
    where TKey : unmanaged, IFlatKey<TKey>
    where TValue : unmanaged
{
    private const int FirstSlots = 64;
    private AlignedArray<Slot<TKey, TValue>> _slots = new(FirstSlots);
    private uint _mask = FirstSlots - 1;
    private uint[] _places = new uint[FirstSlots / 2];

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of an entry. Valid until the next new key.</summary>
    public ref Slot<TKey, TValue> this[int entry] => ref At(_places[entry]);

    /// <summary>Brings the place of a hash into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash) => PrefetchAt((uint)hash & _mask);

    /// <summary>Brings the slot of an entry into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int entry) => PrefetchAt(_places[entry]);

    /// <summary>The slot of a key, a new one with a default value where it is not known yet. Valid until the next new key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Slot<TKey, TValue> Find(scoped in TKey key, ulong hash)
    {
        for (var at = (uint)hash & _mask; ; at = (at + 1) & _mask)
        {
            ref var slot = ref At(at);
            if (slot.Number == 0)
            {
                return ref Append(key, hash, at);
            }

            if (slot.Key.Is(key))
            {
                return ref slot;
            }
        }
    }

    /// <summary>The slot of a key, a new one with a default value where it is not known yet. Valid until the next new key.</summary>
    public ref Slot<TKey, TValue> Find(scoped in TKey key) => ref Find(key, key.Hash);

    /// <summary>Forgets the keys and keeps the memory.</summary>
    public void Clear()
    {
        if (Count > 0)
        {
            _slots.Clear();
            Count = 0;
        }
    }

    // A hint: when the memory was left in between, it is only useless.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void PrefetchAt(uint place)
    {
        if (Sse.IsSupported)
        {
            var slot = (byte*)Unsafe.AsPointer(ref At(place));
            Sse.Prefetch0(slot);
            if (Unsafe.SizeOf<Slot<TKey, TValue>>() > AlignedArray<Slot<TKey, TValue>>.Line)
            {
                Sse.Prefetch0(slot + Unsafe.SizeOf<Slot<TKey, TValue>>() - 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref Slot<TKey, TValue> Append(scoped in TKey key, ulong hash, uint at)
    {
        if (Count == _places.Length)
        {
            Grow();
            at = FreePlace(hash);
        }

        ref var slot = ref At(at);
        slot.Key = key;
        _places[Count] = at;
        slot.Number = ++Count;
        return ref slot;
    }

    private void Grow()
    {
        var (old, oldPlaces) = (_slots, _places);
        _slots = new AlignedArray<Slot<TKey, TValue>>(oldPlaces.Length * 4);
        _mask = (uint)_slots.Length - 1;
        _places = new uint[oldPlaces.Length * 2];
        for (var entry = 0; entry < Count; entry++)
        {
            ref var from = ref old[(nint)oldPlaces[entry]];
            var at = FreePlace(from.Key.Hash);
            At(at) = from;
            _places[entry] = at;
        }

        GC.KeepAlive(old);
    }

    private uint FreePlace(ulong hash)
    {
        var at = (uint)hash & _mask;
        while (At(at).Number != 0)
        {
            at = (at + 1) & _mask;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot<TKey, TValue> At(uint place) => ref _slots[(nint)place];
}
