using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Analytics.Core.Avro;

namespace Analytics.Worker.Partitioning;

/// <summary>Knows the event names that each tenant has brought in one chunk, up to the tenant's budget, in offset order.</summary>
/// <remarks>
/// Begins empty with each chunk. A tenant's budget is its own: what others bring changes nothing. A name that was admitted costs one probe of a table of
/// 8-byte hashes, which the names of a thousand tenants leave in the second-level cache. One thread.
/// </remarks>
internal sealed class NameBudget
{
    private const int FirstPlaces = 1024;
    private const int Kept = 1 << 18;
    private readonly Dictionary<ulong, int> _counts = [];
    private ulong[] _places = new ulong[FirstPlaces];
    private int _used;

    /// <summary>Whether a name counts as itself: it was admitted before, or there is room for it.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="name">Word id of the name.</param>
    /// <param name="most">Distinct names of a tenant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Admits(ulong tenant, int name, int most)
    {
        var key = Hash64.Join(Hash64.Mix(tenant), (uint)name) | 1;
        var mask = (ulong)_places.Length - 1;
        for (var at = (key >> 8) & mask; ; at = (at + 1) & mask)
        {
            var place = _places[at];
            if (place == key)
            {
                return true;
            }

            if (place == 0)
            {
                return Admit(tenant, key, most);
            }
        }
    }

    /// <summary>Forgets everything, for another chunk.</summary>
    public void Clear()
    {
        if (_places.Length > Kept)
        {
            _places = new ulong[FirstPlaces];
        }
        else if (_used > 0)
        {
            _places.AsSpan().Clear();
        }

        _counts.Clear();
        _used = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Admit(ulong tenant, ulong key, int most)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, tenant, out _);
        if (count >= most)
        {
            return false;
        }

        count++;
        if (++_used * 2 > _places.Length)
        {
            var places = _places;
            _places = new ulong[places.Length * 2];
            foreach (var place in places)
            {
                if (place != 0)
                {
                    Place(place);
                }
            }
        }

        Place(key);
        return true;
    }

    private void Place(ulong key)
    {
        var mask = (ulong)_places.Length - 1;
        var at = (key >> 8) & mask;
        while (_places[at] != 0)
        {
            at = (at + 1) & mask;
        }

        _places[at] = key;
    }
}
