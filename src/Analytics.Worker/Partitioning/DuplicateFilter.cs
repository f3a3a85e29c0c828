using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Analytics.Worker.Partitioning;

/// <summary>Knows the event ids of the last offsets of one partition, exactly: of 262,144 unless a test wants fewer.</summary>
/// <remarks>
/// A record is a duplicate when its id stood at one of the horizon's offsets before its own, whatever became of that record: offsets, not
/// records, so that a filter which is warmed at a take-over agrees with one that never stopped. A ring by offset holds the ids. Buckets of eight places, one
/// cache line each, find them: a place holds 32 bits of an id's hash and of its latest offset, and is free again when that offset has left the horizon, so nothing
/// is ever removed. A bucket is looked at as a whole. What finds its bucket full, one id in some thousands, goes to a small dictionary. All have a fixed size (15 MB
/// for 262,144). Fed in offset order by one thread, which may say some records ahead what will come (<see cref="Expect"/>).
/// </remarks>
internal sealed class DuplicateFilter
{
    /// <summary>How many offsets back an id is known, in production.</summary>
    public const int Horizon = 262_144;

    private const long Unused = long.MinValue;

    // Different in every process, so that nobody can choose ids that meet in one bucket. What is seen does not depend on them.
    private static readonly ulong HighKey = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong LowKey = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private readonly AlignedArray<Entry> _ring;
    private readonly AlignedArray<Bucket> _buckets;
    private readonly int _bucketShift;
    private readonly Dictionary<(ulong High, ulong Low), long> _overflow;
    private readonly int _mostOverflow;
    private readonly uint[] _hasOverflowed;
    private long _latest = Unused;

    /// <summary>An empty filter.</summary>
    /// <param name="horizon">How many offsets back an id is known: a power of two, 4 or more.</param>
    public DuplicateFilter(int horizon = Horizon)
    {
        _ring = new AlignedArray<Entry>(horizon);

        // Two live ids a bucket on average.
        _buckets = new AlignedArray<Bucket>(horizon / 2);
        _bucketShift = 64 - BitOperations.Log2((uint)_buckets.Length);
        _hasOverflowed = new uint[Math.Max(1, _buckets.Length / 32)];

        // A hundred times what a full horizon leaves over, so it never grows.
        _mostOverflow = Math.Max(64, horizon / 64);
        _overflow = new Dictionary<(ulong High, ulong Low), long>(_mostOverflow + 1);
        Clear();
    }

    /// <summary>Forgets everything, for another partition.</summary>
    public void Clear()
    {
        for (var place = 0; place < _ring.Length; place++)
        {
            _ring[place] = new Entry { Offset = Unused };
        }

        _buckets.Clear();
        _hasOverflowed.AsSpan().Clear();
        _overflow.Clear();
        _latest = Unused;
    }

    /// <summary>The hash of an id, which finds it here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(ulong high, ulong low)
    {
        var upper = Math.BigMul(high ^ HighKey, low ^ LowKey, out var lower);
        return upper ^ lower;
    }

    /// <summary>Brings what <see cref="Seen(long, ulong, ulong, ulong)"/> will touch for this hash into the cache. Changes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Expect(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref BucketOf(hash)));
        }
    }

    /// <summary>As below, with the hash worked out here.</summary>
    public bool Seen(long offset, ulong high, ulong low) => Seen(offset, high, low, HashOf(high, low));

    /// <summary>Notes an id and says whether it stood in the horizon.</summary>
    /// <param name="offset">The record's offset, greater than any before; ids of an older log have negative ones, -1 the latest.</param>
    /// <param name="high">Bytes 0 to 7 of the id, big endian.</param>
    /// <param name="low">Bytes 8 to 15.</param>
    /// <param name="hash">Its <see cref="HashOf"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Seen(long offset, ulong high, ulong low, ulong hash)
    {
        if (offset <= _latest)
        {
            throw OutOfOrder(offset);
        }

        _latest = offset;
        ref var bucket = ref BucketOf(hash);
        var tag = (uint)hash | 1;
        var ages = Vector256.Create((uint)offset) - bucket.Offsets;
        var free = Vector256.Equals(bucket.Tags, Vector256<uint>.Zero) | Vector256.GreaterThan(ages, Vector256.Create((uint)_ring.Length));
        var alike = Vector256.AndNot(Vector256.Equals(bucket.Tags, Vector256.Create(tag)), free).ExtractMostSignificantBits();
        var room = free.ExtractMostSignificantBits();
        var seen = false;
        if (alike == 0 && room != 0 && !HasOverflowed((int)(hash >> _bucketShift)))
        {
            bucket.Set(BitOperations.TrailingZeroCount(room), tag, offset);
        }
        else
        {
            seen = Settle(ref bucket, (int)(hash >> _bucketShift), alike, room, offset, (high, low), tag);
        }

        _ring[(int)(offset & (_ring.Length - 1))] = new Entry { Offset = offset, High = high, Low = low };
        return seen;
    }

    // The rare ways: an id that may be known, a full bucket, one that has been full.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Settle(ref Bucket bucket, int number, uint alike, uint room, long offset, (ulong High, ulong Low) id, uint tag)
    {
        for (; alike != 0; alike &= alike - 1)
        {
            var place = BitOperations.TrailingZeroCount(alike);
            var earlier = offset - (uint)((uint)offset - bucket.Offsets[place]);
            ref readonly var entry = ref _ring[(int)(earlier & (_ring.Length - 1))];
            if (entry.Offset == earlier && entry.High == id.High && entry.Low == id.Low)
            {
                bucket.Set(place, tag, offset);
                return true;
            }
        }

        var seen = HasOverflowed(number) && _overflow.TryGetValue(id, out var last) && offset - last <= _ring.Length;
        if (room != 0 && !seen)
        {
            bucket.Set(BitOperations.TrailingZeroCount(room), tag, offset);
        }
        else
        {
            _hasOverflowed[number >> 5] |= 1u << number;
            _overflow[id] = offset;
            Prune(offset);
        }

        return seen;
    }

    // A bucket that has overflowed is asked for in the dictionary ever after; the dictionary keeps what is in the horizon.
    private void Prune(long offset)
    {
        if (_overflow.Count > _mostOverflow)
        {
            foreach (var (id, last) in _overflow)
            {
                if (offset - last > _ring.Length)
                {
                    _overflow.Remove(id);
                }
            }
        }
    }

    // A bit a bucket: all of them stay in the first-level cache.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasOverflowed(int bucket) => (_hasOverflowed[bucket >> 5] & (1u << bucket)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Bucket BucketOf(ulong hash) => ref _buckets[(nint)(hash >> _bucketShift)];

    private InvalidOperationException OutOfOrder(long offset) =>
        new($"The duplicate filter is fed in offset order: offset {offset} came after {_latest}.");

    private struct Entry
    {
        public long Offset;
        public ulong High;
        public ulong Low;
    }

    /// <summary>Eight places; a place without a tag has never been used.</summary>
    private struct Bucket
    {
        public Vector256<uint> Tags;
        public Vector256<uint> Offsets;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Set(int place, uint tag, long offset)
        {
            Unsafe.Add(ref Unsafe.As<Vector256<uint>, uint>(ref Tags), place) = tag;
            Unsafe.Add(ref Unsafe.As<Vector256<uint>, uint>(ref Offsets), place) = (uint)offset;
        }
    }
}
