using System.Numerics;
using System.Runtime.CompilerServices;

namespace Analytics.Worker.Windowing;

/// <summary>Tells the first of equal hashes from the others, group after group: a set that is emptied by counting on.</summary>
/// <remarks>
/// A group uses as much of the table as its size needs, so that small groups, which most are, stay in the first-level cache. One thread. Sorting a group instead costs a comparison that
/// nobody can predict for each member and level.
/// </remarks>
internal sealed class DistinctHashes
{
    private Place[] _places = new Place[64];
    private uint _group;
    private int _shift;
    private uint _mask;

    /// <summary>Starts a group of at most so many hashes.</summary>
    public void Begin(int most)
    {
        var places = Math.Max(4, BitOperations.RoundUpToPowerOf2((uint)most) * 2);
        if (places > _places.Length)
        {
            _places = new Place[places];
            _group = 0;
        }

        if (++_group == 0)
        {
            _places.AsSpan().Clear();
            _group = 1;
        }

        (_mask, _shift) = (places - 1, 64 - BitOperations.Log2(places));
    }

    /// <summary>Notes a hash, whose upper bits are spread; false when the group had it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(ulong hash)
    {
        for (var at = (uint)(hash >> _shift); ; at = (at + 1) & _mask)
        {
            ref var place = ref _places[at];
            if (place.Group != _group)
            {
                (place.Group, place.Hash) = (_group, hash);
                return true;
            }

            if (place.Hash == hash)
            {
                return false;
            }
        }
    }

    private struct Place
    {
        public ulong Hash;
        public uint Group;
    }
}
