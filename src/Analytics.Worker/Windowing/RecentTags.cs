using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Analytics.Worker.Windowing;

/// <summary>Remembers tags seen lately, so that what repeats itself at once is not noted twice. It may forget a tag, and never invents one.</summary>
/// <remarks>Places of 8 bytes, each for one tag. So many that they stay in the second-level cache, unless a test makes many that count little.</remarks>
/// <param name="places">How many: a power of two.</param>
internal sealed class RecentTags(int places = RecentTags.Places)
{
    /// <summary>Places in production: 128 KiB.</summary>
    public const int Places = 16_384;

    private readonly int _shift = 64 - BitOperations.Log2((uint)places);
    private readonly ulong[] _tags = new ulong[places];

    /// <summary>Brings the place of a tag into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Expect(ulong tag)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _tags[tag >> _shift]));
        }
    }

    /// <summary>Notes a tag, whose upper bits are spread; false when it was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(ulong tag)
    {
        ref var place = ref _tags[tag >> _shift];
        var isNew = place != tag;
        place = tag;
        return isNew;
    }

    /// <summary>Forgets all tags.</summary>
    public void Clear() => _tags.AsSpan().Clear();
}
