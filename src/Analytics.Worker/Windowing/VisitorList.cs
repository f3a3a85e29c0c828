using System.Runtime.CompilerServices;
using Analytics.Storage.Redis;

namespace Analytics.Worker.Windowing;

/// <summary>Visitors on their way from a lane to the live writer, which gives the list back for the lane's next flush.</summary>
/// <remarks>One owner at a time: the lane, its output, the live writer, the pool.</remarks>
internal sealed class VisitorList
{
    private static readonly Pool<VisitorList> Lists = new(() => new VisitorList(), keep: 64);
    private LiveVisitor[] _visitors = new LiveVisitor[64];
    private int _count;

    private VisitorList()
    {
    }

    /// <summary>The visitors; one may come more than once.</summary>
    public ReadOnlySpan<LiveVisitor> Visitors => _visitors.AsSpan(0, _count);

    /// <summary>An empty list.</summary>
    public static VisitorList Rent() => Lists.Rent();

    /// <summary>Adds one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in LiveVisitor visitor)
    {
        if (_count == _visitors.Length)
        {
            Array.Resize(ref _visitors, _count * 2);
        }

        _visitors[_count++] = visitor;
    }

    /// <summary>Forgets them.</summary>
    public void Clear() => _count = 0;

    /// <summary>The owner is done with it.</summary>
    public void Return()
    {
        Clear();
        Lists.Return(this);
    }
}
