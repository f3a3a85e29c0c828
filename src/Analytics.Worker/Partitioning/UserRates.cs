using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Analytics.Core.Avro;

namespace Analytics.Worker.Partitioning;

/// <summary>Counts the events of each user and event-minute of one chunk, in offset order, to find those that no hand has made.</summary>
/// <remarks>
/// Begins empty with each chunk, so that its verdicts are a function of the chunk alone. A place of 8 bytes holds 52 bits of the key's hash and a count of
/// 12 bits that stops at its largest value: two users are taken for one another in one full chunk of ten thousand, and it matters only when both
/// are busy in the same minute. Grows with the users of a chunk, to 32 MiB a partition at most, of which <see cref="Clear"/> keeps 8. One thread.
/// </remarks>
internal sealed class UserRates
{
    private const int FirstPlaces = 4096;
    private const int Kept = 1 << 20;
    private const int CountBits = 12;
    private const ulong CountMask = (1UL << CountBits) - 1;
    private AlignedArray<ulong> _places = new(FirstPlaces);
    private int _shift = ShiftOf(FirstPlaces);
    private int _count;

    /// <summary>Most events that can be told from more.</summary>
    public const int Largest = (int)CountMask - 1;

    /// <summary>The key of a user's minute.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong KeyOf(ulong tenant, ulong user, long time) => Hash64.Join(user + (tenant * 0x9E3779B97F4A7C15), (ulong)time / 60_000);

    /// <summary>Brings the place of a key into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Expect(ulong key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _places[(nint)((key << CountBits) >> _shift)]));
        }
    }

    /// <summary>Counts an event: how many its user has had in this minute, this one included, up to <see cref="Largest"/> + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ulong key)
    {
        var tag = key << CountBits;
        var mask = _places.Length - 1;
        for (var at = (int)(tag >> _shift); ; at = (at + 1) & mask)
        {
            ref var place = ref _places[at];
            if (place == 0)
            {
                return AddNew(tag, at);
            }

            if ((place & ~CountMask) == tag)
            {
                var count = (int)(place & CountMask);
                if (count <= Largest)
                {
                    place++;
                    count++;
                }

                return count;
            }
        }
    }

    /// <summary>Forgets everything, for another chunk.</summary>
    public void Clear()
    {
        if (_places.Length > Kept)
        {
            Use(FirstPlaces);
        }
        else if (_count > 0)
        {
            _places.Clear();
        }

        _count = 0;
    }

    private int AddNew(ulong tag, int at)
    {
        if (++_count * 2 > _places.Length)
        {
            var places = _places;
            Use(places.Length * 2);
            for (var i = 0; i < places.Length; i++)
            {
                if (places[i] is not 0 and var place)
                {
                    _places[FreePlace(place)] = place;
                }
            }

            at = FreePlace(tag);
        }

        _places[at] = tag | 1;
        return 1;
    }

    private void Use(int places) => (_places, _shift) = (new AlignedArray<ulong>(places), ShiftOf(places));

    private int FreePlace(ulong tag)
    {
        var at = (int)(tag >> _shift);
        while (_places[at] != 0)
        {
            at = (at + 1) & (_places.Length - 1);
        }

        return at;
    }

    private static int ShiftOf(int places) => 64 - BitOperations.Log2((uint)places);
}
