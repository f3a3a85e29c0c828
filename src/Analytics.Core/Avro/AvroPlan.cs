using System.Runtime.InteropServices;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>How records of one writer's schema are read, as a reader's schema, into the columns of one set of bindings.</summary>
/// <remarks>
/// Compiled once a schema; then <see cref="Read"/> makes a row of a record, allocates nothing (child columns grow by doubling, new words are kept) and
/// throws nothing for what a record holds. Any number of threads may use one plan, each with a target of its own. A field that no column takes is
/// passed over: it must be Avro by the writer's schema, but its texts and branches are not judged.
/// Source: Avro 1.11 specification, "Schema Resolution" and "Data Serialization and Deserialization".
/// </remarks>
public sealed class AvroPlan
{
    /// <summary>Bytes that must be readable behind a record, whatever they hold: texts and numbers are loaded in wide words.</summary>
    public const int Padding = 64;

    private readonly ColumnBindings _bindings;
    private readonly PlanProgram _program;

    private AvroPlan(ColumnBindings bindings, PlanProgram program) => (_bindings, _program) = (bindings, program);

    /// <summary>Bytes that the batch must hold at <see cref="AvroTarget.ConstantsAt"/>: default texts that span columns point to. Usually none.</summary>
    public ReadOnlyMemory<byte> Constants => _program.Constants;

    /// <summary>The plan, or null and the reasons where no record of the writer can be read as the reader's schema.</summary>
    /// <remarks>
    /// Where some records can (a branch of a union, a symbol of an enum), the plan reads those and says <see cref="Verdict.IncompatibleSchema"/> to the rest.
    /// </remarks>
    /// <exception cref="ArgumentException">The bindings do not suit the reader's schema: a fault of the program, not of the data.</exception>
    public static AvroPlan? TryCompile(AvroSchema writer, AvroSchema reader, ColumnBindings bindings, out IReadOnlyList<string> reasons)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(bindings);
        bindings.Require(reader);
        reasons = new SchemaPair(strict: false).Explain(reader, writer);
        var program = reasons.Count == 0 ? new PlanCompiler(bindings).Compile(writer, reader, out reasons) : null;
        return program is null ? null : new(bindings, program);
    }

    /// <summary>Reads one record into one row. On anything but <see cref="Verdict.Accepted"/> the row is undefined: see <see cref="Clear"/>.</summary>
    /// <param name="bytes">The batch's bytes; spans are places in it. At least <see cref="Padding"/> bytes follow the record.</param>
    /// <param name="start">Where the record starts.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="row">The row to fill; the columns have room for it.</param>
    /// <param name="target">Columns of the bindings that the plan was compiled for.</param>
    public Verdict Read(byte[] bytes, int start, int length, int row, AvroTarget target)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(target);
        if ((start | length | row) < 0 || start > bytes.Length - Padding - length)
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"A record and the {Padding} bytes behind it must lie in the batch's bytes.");
        }

        if (!ReferenceEquals(target.Bindings, _bindings))
        {
            throw new ArgumentException("The target is of other bindings than the plan.", nameof(target));
        }

        var run = new PlanRun(_program, target, ref MemoryMarshal.GetArrayDataReference(bytes), start + length);
        var end = run.Go(_program.Entry, row, start);
        return end < 0 ? (Verdict)~end : end == start + length ? Verdict.Accepted : Verdict.TrailingBytes;
    }

    /// <summary>Sets one row to absent values, but for the column of <paramref name="keep"/> (-1: for none).</summary>
    public static void Clear(int row, AvroTarget target, int keep = -1)
    {
        ArgumentNullException.ThrowIfNull(target);
        for (var slot = 0; slot < target.Columns.Length; slot++)
        {
            if (slot != keep && target.Bindings.All[slot].Path.AsSpan().IndexOfAny('[', '{') < 0)
            {
                target.Columns[slot].Clear(row);
            }
        }
    }
}
