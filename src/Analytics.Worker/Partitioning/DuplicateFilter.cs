using System.Runtime.CompilerServices;
using Analytics.Core.Avro;

namespace Analytics.Worker.Partitioning;

/// <summary>Knows the event ids of the last offsets of one partition, exactly: of 262,144 unless a test wants fewer.</summary>
/// <remarks>
/// A record is a duplicate when its id stood at one of the horizon's offsets before its own, whatever became of that record: offsets, not
/// records, so that a filter which is warmed at a take-over agrees with one that never stopped. A ring by offset holds the ids, an open-addressing table
/// finds them; both have a fixed size (8 MB for 262,144), so nothing is allocated after the start. Fed in offset order by one thread.
/// </remarks>
internal sealed class DuplicateFilter
{
    /// <summary>How many offsets back an id is known, in production.</summary>
    public const int Horizon = 262_144;

    private const long Unused = long.MinValue;

    // Each id in the table points to the ring slot of its latest offset; a ring slot that is not pointed to is Unused.
    private readonly Entry[] _ring;
    private readonly int[] _table;
    private long _latest = Unused;

    /// <summary>An empty filter.</summary>
    /// <param name="horizon">How many offsets back an id is known: a power of two.</param>
    public DuplicateFilter(int horizon = Horizon)
    {
        _ring = new Entry[horizon];
        _table = new int[2 * horizon];
        Clear();
    }

    /// <summary>Forgets everything, for another partition.</summary>
    public void Clear()
    {
        _ring.AsSpan().Fill(new Entry { Offset = Unused });
        _table.AsSpan().Clear();
        _latest = Unused;
    }

    /// <summary>Notes an id and says whether it stood in the horizon.</summary>
    /// <param name="offset">The record's offset, greater than any before; ids of an older log have negative ones, -1 the latest.</param>
    /// <param name="high">Bytes 0 to 7 of the id, big endian.</param>
    /// <param name="low">Bytes 8 to 15.</param>
    public bool Seen(long offset, ulong high, ulong low)
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

        var slot = Find(high, low);
        var seen = false;
        if (_table[slot] - 1 is >= 0 and var known)
        {
            seen = offset - _ring[known].Offset <= _ring.Length;
            _ring[known].Offset = Unused;
        }

        _table[slot] = at + 1;
        entry = new Entry { Offset = offset, High = high, Low = low };
        return seen;
    }

    // The slot of the id, or the empty one where it belongs. The table is at most half full, so there is one.
    private int Find(ulong high, ulong low)
    {
        for (var slot = Home(high, low); ; slot = (slot + 1) & (_table.Length - 1))
        {
            var index = _table[slot] - 1;
            if (index < 0 || (_ring[index].High == high && _ring[index].Low == low))
            {
                return slot;
            }
        }
    }

    // Backward shift: later entries of the same probe sequence move up, so that no tombstones pile up.
    private void Forget(int index)
    {
        var hole = HomeOf(index);
        while (_table[hole] != index + 1)
        {
            hole = (hole + 1) & (_table.Length - 1);
        }

        for (var next = (hole + 1) & (_table.Length - 1); _table[next] != 0; next = (next + 1) & (_table.Length - 1))
        {
            var home = HomeOf(_table[next] - 1);
            if (((next - home) & (_table.Length - 1)) >= ((next - hole) & (_table.Length - 1)))
            {
                _table[hole] = _table[next];
                hole = next;
            }
        }

        _table[hole] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int HomeOf(int index) => Home(_ring[index].High, _ring[index].Low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong high, ulong low) => (int)(Hash64.Join(Hash64.Mix(high), low) >> 32) & (_table.Length - 1);

    private struct Entry
    {
        public long Offset;
        public ulong High;
        public ulong Low;
    }
}
