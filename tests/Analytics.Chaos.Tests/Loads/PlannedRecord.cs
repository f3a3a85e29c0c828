namespace Analytics.Chaos.Tests.Loads;

/// <summary>What must become of a record.</summary>
internal enum Fate
{
    /// <summary>Counted, the first time that it stands in the log.</summary>
    Counted,

    /// <summary>Left out: it has no value.</summary>
    Filtered,

    /// <summary>Kept in the inbox for its reason.</summary>
    Rejected,
}

/// <summary>One line of an order.</summary>
/// <param name="Product">The product.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="Price">Of one piece, minor units.</param>
/// <param name="Discount">On the line.</param>
internal sealed record PlannedLine(string Product, int Quantity, long Price, long Discount)
{
    /// <summary>What the line brings.</summary>
    public long Revenue => Quantity * Price - Discount;
}

/// <summary>A record of the load, as the manifest knows it: what it says, its bytes, and what must become of it.</summary>
internal sealed record PlannedRecord
{
    /// <summary>Its number in the manifest, which it carries in a header. A record that is sent again keeps it.</summary>
    public required int Number { get; init; }

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The record; null for an empty one.</summary>
    public required byte[]? Bytes { get; init; }

    /// <summary>What must become of it.</summary>
    public Fate Fate { get; init; }

    /// <summary>Why it must be rejected.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Its event id.</summary>
    public Guid Id { get; init; }

    /// <summary>The tenant.</summary>
    public long Tenant { get; init; }

    /// <summary>When it happened, Unix minutes.</summary>
    public long Minute { get; init; }

    /// <summary>The name under which it counts.</summary>
    public string Name { get; init; } = "";

    /// <summary>Who did it; empty for a stock level.</summary>
    public string User { get; init; } = "";

    /// <summary>The product of a click; null when it names none.</summary>
    public string? Product { get; init; }

    /// <summary>The lines of an order.</summary>
    public IReadOnlyList<PlannedLine> Lines { get; init; } = [];

    /// <summary>The order's number.</summary>
    public string Order { get; init; } = "";
}
