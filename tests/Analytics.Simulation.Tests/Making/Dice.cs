namespace Analytics.Simulation.Tests.Making;

/// <summary>All the chance of one run: the same seed throws the same numbers, on any machine. SplitMix64.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 to <paramref name="end"/> - 1.</summary>
    public int Below(int end) => (int)Math.BigMul(Bits(), (ulong)end, out _);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in so many of a thousand throws.</summary>
    public bool Permille(int chance) => Below(1_000) < chance;

    /// <summary>True in so many of ten thousand throws.</summary>
    public bool PerTenThousand(int chance) => Below(10_000) < chance;

    /// <summary>One of these.</summary>
    public T Of<T>(params ReadOnlySpan<T> some) => some[Below(some.Length)];

    /// <summary>One of a list, taken out of it; the order of the rest may change.</summary>
    public T Take<T>(List<T> some)
    {
        var at = Below(some.Count);
        var taken = some[at];
        some[at] = some[^1];
        some.RemoveAt(some.Count - 1);
        return taken;
    }

    /// <summary>A 128-bit id.</summary>
    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Bits());
        BitConverter.TryWriteBytes(bytes[8..], Bits() | 1);
        return new Guid(bytes);
    }
}
