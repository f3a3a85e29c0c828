using System.Buffers.Binary;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>How records of one writer's schema are read, as a reader's schema, into the columns of one set of bindings.</summary>
/// <remarks>
/// Compiled to machine code once a schema; then <see cref="Read"/> makes rows of records, allocates nothing (child columns grow by doubling, new words are kept)
/// and throws nothing for what a record holds. Any number of threads may use one plan, each with a target of its own. A field that no column takes is
/// passed over: it must be Avro by the writer's schema, but its texts and branches are not judged.
/// Source: Avro 1.11 specification, "Schema Resolution" and "Data Serialization and Deserialization".
/// </remarks>
public sealed unsafe class AvroPlan
{
    /// <summary>Bytes that must be readable behind the last record, whatever they hold: texts and numbers are loaded in wide words.</summary>
    public const int Padding = 64;

    private readonly ColumnBindings _bindings;
    private readonly PlanProgram _program;
    private readonly PlanCode _code;

    private AvroPlan(ColumnBindings bindings, PlanProgram program) => (_bindings, _program, _code) = (bindings, program, PlanEmitter.Emit(program, bindings));

    /// <summary>The steps, as they are taken one by one.</summary>
    internal PlanProgram Program => _program;

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

    /// <summary>Reads records from <paramref name="row"/> on, each into its row, for as long as they carry one schema id.</summary>
    /// <param name="records">The batch's records; receives a verdict for each that was read. A refused record is absent but for the column to be kept.</param>
    /// <param name="schemaId">The id in the header of the first record, whose schema is this plan's.</param>
    /// <param name="row">The first record; framed, with this id, and no longer than the limit.</param>
    /// <param name="target">Columns of the bindings that the plan was compiled for, with room for every record.</param>
    /// <returns>The row of the first record that was not read, being framed otherwise, or the number of records.</returns>
    public int Read(in FramedRecords records, int schemaId, int row, AvroTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Require(target, records, row);
        fixed (byte* bytes = records.Bytes)
        fixed (int* starts = records.Starts, lengths = records.Lengths)
        fixed (Verdict* verdicts = records.Verdicts)
        {
            var code = new RecordRun
            {
                Bytes = bytes,
                Limit = bytes + records.Bytes.Length - Padding,
                Starts = starts,
                Lengths = lengths,
                Verdicts = verdicts,
                Row = row,
                Count = records.Starts.Length,
                Longest = records.Longest,
                Keep = records.Keep,
                Header = (ulong)BinaryPrimitives.ReverseEndianness((uint)schemaId) << 32,
            };
            var run = new PlanRun(_program, target, bytes);
            var next = _code(ref run, &code, target.Columns, target.Words);
            return next > row ? next : throw new ArgumentException($"The record in row {row} is not framed with schema {schemaId}, or does not lie {Padding} bytes before the end of the bytes.", nameof(row));
        }
    }

    /// <summary>Sets one row to absent values, but for the column of <paramref name="keep"/> (-1: for none).</summary>
    public static void Clear(int row, AvroTarget target, int keep = -1)
    {
        ArgumentNullException.ThrowIfNull(target);
        foreach (var slot in target.Bindings.OfRecords)
        {
            if (slot != keep)
            {
                target.Columns[slot].Clear(row);
            }
        }
    }

    private void Require(AvroTarget target, in FramedRecords records, int row)
    {
        if (!ReferenceEquals(target.Bindings, _bindings))
        {
            throw new ArgumentException("The target is of other bindings than the plan.", nameof(target));
        }

        var count = records.Starts.Length;
        if ((uint)row >= (uint)count || records.Lengths.Length != count || records.Verdicts.Length != count || target.Rows < count || records.Bytes.Length < Padding)
        {
            throw new ArgumentException(
                $"Expected row {row} to be one of {count} records, with as many lengths ({records.Lengths.Length}), verdicts ({records.Verdicts.Length}) and rows of the columns ({target.Rows}).", nameof(records));
        }
    }
}
