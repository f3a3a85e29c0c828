using System.Runtime.CompilerServices;

namespace Analytics.Storage.Redis;

/// <summary>The figures of live traffic, in the order in which they are stored.</summary>
public enum LiveFigure
{
    /// <summary>Placed orders: sum of quantity × unit price − discount, minor units.</summary>
    Revenue,

    /// <summary>Placed orders.</summary>
    Orders,

    /// <summary>Pieces of placed orders.</summary>
    Units,

    /// <summary>Events named page_view.</summary>
    PageViews,

    /// <summary>Events named add_to_cart.</summary>
    AddToCart,

    /// <summary>Events named checkout_start.</summary>
    CheckoutStarts,

    /// <summary>Discounts of placed orders, minor units.</summary>
    Discount,

    /// <summary>Refunded orders, minor units; not subtracted from the revenue.</summary>
    Refunds,

    /// <summary>Events of any name.</summary>
    Events,
}

/// <summary>One number for each <see cref="LiveFigure"/>.</summary>
[InlineArray(Count)]
public struct LiveFigures : IEquatable<LiveFigures>
{
    /// <summary>How many figures there are.</summary>
    public const int Count = 9;

    private long _first;

    /// <summary>One figure.</summary>
    public long this[LiveFigure figure]
    {
        readonly get => this[(int)figure];
        set => this[(int)figure] = value;
    }

    /// <summary>Adds every figure of <paramref name="other"/>.</summary>
    public void Add(in LiveFigures other)
    {
        for (var i = 0; i < Count; i++)
        {
            this[i] += other[i];
        }
    }

    /// <inheritdoc/>
    public readonly bool Equals(LiveFigures other) => ((ReadOnlySpan<long>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is LiveFigures other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(this[0], this[1], this[2], this[8]);

    /// <summary>Equal figures.</summary>
    public static bool operator ==(LiveFigures left, LiveFigures right) => left.Equals(right);

    /// <summary>Different figures.</summary>
    public static bool operator !=(LiveFigures left, LiveFigures right) => !left.Equals(right);
}
