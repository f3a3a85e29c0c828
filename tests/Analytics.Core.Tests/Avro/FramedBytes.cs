using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

/// <summary>Records as a batch holds them, with garbage around each: nothing there may be read as part of it.</summary>
internal sealed class FramedBytes
{
    public const int SchemaId = 0x01020304;
    private const int Around = 3;
    private static readonly byte[] Header = [0, 1, 2, 3, 4];
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly int _constants;

    /// <summary>One record, in the given row; the rows before it are empty.</summary>
    public FramedBytes(AvroPlan plan, ReadOnlySpan<byte> record, int row)
    {
        (_starts, _lengths, Verdicts) = (new int[row + 1], new int[row + 1], new Verdict[row + 1]);
        (_starts[row], _lengths[row]) = (Around, Header.Length + record.Length);
        _constants = Around + _lengths[row];
        Bytes = new byte[_constants + plan.Constants.Length + AvroPlan.Padding];
        Array.Fill(Bytes, (byte)0xAA);
        Header.CopyTo(Bytes, Around);
        record.CopyTo(Bytes.AsSpan(Around + Header.Length));
        plan.Constants.Span.CopyTo(Bytes.AsSpan(_constants));
    }

    public byte[] Bytes { get; }

    public Verdict[] Verdicts { get; }

    public FramedRecords Records => new() { Bytes = Bytes, Starts = _starts, Lengths = _lengths, Verdicts = Verdicts };

    /// <summary>Lets every row be the last one's record.</summary>
    public void Repeat()
    {
        Array.Fill(_starts, _starts[^1]);
        Array.Fill(_lengths, _lengths[^1]);
    }

    /// <summary>The verdict of the plan's machine code.</summary>
    public Verdict ReadCode(AvroPlan plan, AvroTarget target)
    {
        Begin(target);
        var row = _starts.Length - 1;
        Assert.Equal(_starts.Length, plan.Read(Records, SchemaId, row, target));
        return Verdicts[row];
    }

    /// <summary>The verdict of the plan's steps, taken one by one.</summary>
    public unsafe Verdict ReadSteps(AvroPlan plan, AvroTarget target)
    {
        Begin(target);
        var row = _starts.Length - 1;
        fixed (byte* bytes = Bytes)
        {
            return new PlanRun(plan.Program, target, bytes).Read(row, _starts[row] + Header.Length, _starts[row] + _lengths[row]);
        }
    }

    private void Begin(AvroTarget target)
    {
        target.ConstantsAt = _constants;
        target.Begin(_starts.Length);
    }
}
