using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

/// <summary>Records as a batch holds them, with garbage around each: nothing there may be read as part of it.</summary>
internal sealed class FramedBytes
{
    public const int SchemaId = 0x01020304;
    private const int Around = 3;
    private static readonly byte[] Header = [0, 1, 2, 3, 4];

    // Branches and lengths that would lead on.
    private static readonly byte[] Garbage = [2, 2, 126, 2, 40, 2, 2, 0, 2, 100, 0x80, 2, 126];
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly int _constants;

    /// <summary>One record, in the given row; the rows before it are empty.</summary>
    public FramedBytes(AvroPlan plan, ReadOnlySpan<byte> record, int row)
    {
        (_starts, _lengths, Verdicts) = (new int[row + 1], new int[row + 1], new Verdict[row + 1]);
        (_starts[row], _lengths[row]) = (Around, Header.Length + record.Length);
        _constants = Around + _lengths[row];
        Bytes = Room(plan);
        Put(record, Around);
    }

    /// <summary>Records one behind the other, from row 0 on.</summary>
    public FramedBytes(AvroPlan plan, IReadOnlyList<byte[]> records)
    {
        (_starts, _lengths, Verdicts) = (new int[records.Count], [.. records.Select(record => Header.Length + record.Length)], new Verdict[records.Count]);
        _constants = _lengths.Sum();
        Bytes = Room(plan);
        for (var (row, at) = (0, 0); row < records.Count; at += _lengths[row++])
        {
            _starts[row] = at;
            Put(records[row], at);
        }
    }

    public byte[] Bytes { get; }

    public Verdict[] Verdicts { get; }

    public FramedRecords Records => At(Bytes);

    /// <summary>Reads every row by the plan's machine code; returns the bytes that this allocated.</summary>
    public long ReadAll(AvroPlan plan, AvroTarget target) => ReadAll(plan, target, Bytes);

    /// <summary>The same from a copy of <see cref="Bytes"/>.</summary>
    public long ReadAll(AvroPlan plan, AvroTarget target, ReadOnlySpan<byte> bytes)
    {
        Begin(target);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = plan.Read(At(bytes), SchemaId, 0, target);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(_starts.Length, read);
        return allocated;
    }

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

    private FramedRecords At(ReadOnlySpan<byte> bytes) => new() { Bytes = bytes, Starts = _starts, Lengths = _lengths, Verdicts = Verdicts };

    private byte[] Room(AvroPlan plan)
    {
        var bytes = new byte[_constants + plan.Constants.Length + AvroPlan.Padding];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Garbage[i % Garbage.Length];
        }

        plan.Constants.Span.CopyTo(bytes.AsSpan(_constants));
        return bytes;
    }

    private void Put(ReadOnlySpan<byte> record, int at)
    {
        Header.CopyTo(Bytes, at);
        record.CopyTo(Bytes.AsSpan(at + Header.Length));
    }

    private void Begin(AvroTarget target)
    {
        target.ConstantsAt = _constants;
        target.Begin(_starts.Length);
    }
}
