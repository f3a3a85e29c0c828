using System.Runtime.CompilerServices;

namespace Analytics.Worker.Windowing;

/// <summary>Values on their way from a lane to the live writer, which gives the list back for the lane's next flush.</summary>
/// <remarks>One owner at a time: the lane, its output, the live writer, the pool. Lists keep the size that they have grown to, so a flush allocates nothing.</remarks>
internal sealed class LentList<T>
    where T : struct
{
    // Two of each lane and open chunk of a worker with many partitions.
    private static readonly Pool<LentList<T>> Lists = new(() => new LentList<T>(), keep: 64);
    private T[] _values = new T[64];

    private LentList()
    {
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The values.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>An empty list.</summary>
    public static LentList<T> Rent() => Lists.Rent();

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in T value)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Count * 2);
        }

        _values[Count++] = value;
    }

    /// <summary>Forgets them.</summary>
    public void Clear() => Count = 0;

    /// <summary>The owner is done with it.</summary>
    public void Return()
    {
        Clear();
        Lists.Return(this);
    }
}
