using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Analytics.Worker.Windowing;

/// <summary>Remembers tags seen lately, so that what repeats itself at once is not noted twice. It may forget a tag, and never invents one.</summary>
/// <remarks>16,384 places of 8 bytes, each for one tag: it stays in the second-level cache.</remarks>
internal sealed class RecentTags
{
    private const int Shift = 64 - 14;
    private readonly ulong[] _tags = new ulong[1 << (64 - Shift)];

    /// <summary>Brings the place of a tag into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Expect(ulong tag)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _tags[tag >> Shift]));
        }
    }

    /// <summary>Notes a tag, whose upper bits are spread; false when it was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Add(ulong tag)
    {
        ref var place = ref _tags[tag >> Shift];
        var isNew = place != tag;
        place = tag;
        return isNew;
    }

    /// <summary>Forgets all tags.</summary>
    public void Clear() => _tags.AsSpan().Clear();
}
