using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Analytics.Worker.Partitioning;

/// <summary>Knows the event ids of the last offsets of one partition, exactly: of 262,144 unless a test wants fewer.</summary>
/// <remarks>
/// A record is a duplicate when its id stood at one of the horizon's offsets before its own, whatever became of that record: offsets, not
/// records, so that a filter which is warmed at a take-over agrees with one that never stopped. A ring by offset holds the ids. An open-addressing table finds
/// them: a place holds 45 bits of the id's hash, the uppermost of which are its home, and the number of the id's ring slot, so that looking up, forgetting and moving
/// touch the table only. Both have a fixed size (12 MB for 262,144). Fed in offset order by one thread, which may say some records ahead what will come
/// (<see cref="Expect"/>).
/// </remarks>
internal sealed class DuplicateFilter
{
    /// <summary>How many offsets back an id is known, in production; and the most that is possible.</summary>
    public const int Horizon = 262_144;

    // Room for every slot number + 1.
    private const ulong SlotMask = (1 << 19) - 1;
    private const long Unused = long.MinValue;

    // Different in every process, so that nobody can choose ids that meet in one place. What is seen does not depend on them.
    private static readonly ulong HighKey = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong LowKey = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    // Each id in the table points to the ring slot of its latest offset; a ring slot that is not pointed to is Unused.
    private readonly Entry[] _ring;
    private readonly ulong[] _table;
    private readonly int _homeShift;
    private long _latest = Unused;

    /// <summary>An empty filter.</summary>
    /// <param name="horizon">How many offsets back an id is known: a power of two, at most <see cref="Horizon"/>.</param>
    public DuplicateFilter(int horizon = Horizon)
    {
        _ring = new Entry[horizon];
        _table = new ulong[2 * horizon];
        _homeShift = 64 - BitOperations.Log2((uint)_table.Length);
        Clear();
    }

    /// <summary>Forgets everything, for another partition.</summary>
    public void Clear()
    {
        _ring.AsSpan().Fill(new Entry { Offset = Unused });
        _table.AsSpan().Clear();
        _latest = Unused;
    }

    /// <summary>The hash of an id, which finds it here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(ulong high, ulong low)
    {
        var upper = Math.BigMul(high ^ HighKey, low ^ LowKey, out var lower);
        return upper ^ lower;
    }

    /// <summary>Brings what <see cref="Seen(long, ulong, ulong, ulong)"/> will touch for this record into the cache. Changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(long offset, ulong hash)
    {
        Prefetch(hash);
        Prefetch(_ring[(int)(offset & (_ring.Length - 1))].Hash);
    }

    /// <summary>As below, with the hash worked out here.</summary>
    public bool Seen(long offset, ulong high, ulong low) => Seen(offset, high, low, HashOf(high, low));

    /// <summary>Notes an id and says whether it stood in the horizon.</summary>
    /// <param name="offset">The record's offset, greater than any before; ids of an older log have negative ones, -1 the latest.</param>
    /// <param name="high">Bytes 0 to 7 of the id, big endian.</param>
    /// <param name="low">Bytes 8 to 15.</param>
    /// <param name="hash">Its <see cref="HashOf"/>.</param>
    public bool Seen(long offset, ulong high, ulong low, ulong hash)
    {
        if (offset <= _latest)
        {
            throw new InvalidOperationException($"The duplicate filter is fed in offset order: offset {offset} came after {_latest}.");
        }

        _latest = offset;
        var at = (int)(offset & (_ring.Length - 1));
        ref var entry = ref _ring[at];
        if (entry.Offset != Unused && (entry.High != high || entry.Low != low))
        {
            Forget(at);
        }

        var place = Find(hash, high, low);
        var seen = false;
        if (_table[place] is not 0 and var known)
        {
            ref var earlier = ref _ring[SlotOf(known)];
            seen = offset - earlier.Offset <= _ring.Length;
            earlier.Offset = Unused;
        }

        _table[place] = (hash & ~SlotMask) | (uint)(at + 1);
        entry = new Entry { Offset = offset, High = high, Low = low, Hash = hash };
        return seen;
    }

    // The place of the id, or the empty one where it belongs. The table is at most half full, so there is one.
    private int Find(ulong hash, ulong high, ulong low)
    {
        for (var place = (int)(hash >> _homeShift); ; place = (place + 1) & (_table.Length - 1))
        {
            var found = _table[place];
            if (found == 0)
            {
                return place;
            }

            if (((found ^ hash) & ~SlotMask) == 0)
            {
                ref readonly var entry = ref _ring[SlotOf(found)];
                if (entry.High == high && entry.Low == low)
                {
                    return place;
                }
            }
        }
    }

    // Backward shift: later entries of the same probe sequence move up, so that no tombstones pile up.
    private void Forget(int slot)
    {
        var hole = (int)(_ring[slot].Hash >> _homeShift);
        while ((_table[hole] & SlotMask) != (uint)(slot + 1))
        {
            hole = (hole + 1) & (_table.Length - 1);
        }

        for (var next = (hole + 1) & (_table.Length - 1); _table[next] is not 0 and var moving; next = (next + 1) & (_table.Length - 1))
        {
            var home = (int)(moving >> _homeShift);
            if (((next - home) & (_table.Length - 1)) >= ((next - hole) & (_table.Length - 1)))
            {
                _table[hole] = moving;
                hole = next;
            }
        }

        _table[hole] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(ulong hash)
    {
        // A hint: when the array moves in between, it is only useless.
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_table), (nint)(hash >> _homeShift))));
        }
    }

    private static int SlotOf(ulong place) => (int)(place & SlotMask) - 1;

    private struct Entry
    {
        public long Offset;
        public ulong High;
        public ulong Low;
        public ulong Hash;
    }
}
