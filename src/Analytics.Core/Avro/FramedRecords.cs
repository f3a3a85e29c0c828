using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>The records of a batch, each behind the header of <see cref="WireFormat"/>, and what became of them.</summary>
/// <remarks>One start, length and verdict a record. Borrows everything.</remarks>
public readonly ref struct FramedRecords
{
    /// <summary>The bytes that the records lie in; at least <see cref="AvroPlan.Padding"/> more follow the last.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Where each record's header starts.</summary>
    public required ReadOnlySpan<int> Starts { get; init; }

    /// <summary>Each record's length, header included; -1 for one without a value.</summary>
    public required ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>What became of each.</summary>
    public required Span<Verdict> Verdicts { get; init; }

    /// <summary>The longest record that is read.</summary>
    public int Longest { get; init; } = int.MaxValue;

    /// <summary>Slot of a column that keeps its value, where it was read, when the record is refused; -1 for none.</summary>
    public int Keep { get; init; } = -1;

    /// <summary>The records of a batch.</summary>
    public FramedRecords()
    {
    }
}
