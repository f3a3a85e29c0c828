using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

/// <summary>Runs of records: where one ends, and what stands in the rows.</summary>
public sealed class AvroPlanRunTests
{
    private const string Schema = """
        {"type":"record","name":"R","fields":[
          {"name":"id","type":{"type":"fixed","name":"Id","size":16}},{"name":"name","type":"string"},{"name":"n","type":["null","long"]},
          {"name":"text","type":["null","string"]},{"name":"d","type":["null","double"]}]}
        """;

    private readonly AvroPlan _plan;
    private readonly AvroTarget _target;
    private readonly Fixed16Column _id = new();
    private readonly WordColumn _name = new();
    private readonly LongColumn _n = new();
    private readonly SpanColumn _text = new();
    private readonly DoubleColumn _d = new();

    public AvroPlanRunTests()
    {
        var schema = AvroSchema.Parse(Schema);
        var bindings = new ColumnBindings().Add("id", ColumnKind.Fixed16).Add("name", ColumnKind.Word).Add("n", ColumnKind.Long).Add("text", ColumnKind.Span).Add("d", ColumnKind.Double);
        _plan = AvroPlan.TryCompile(schema, schema, bindings, out _)!;
        _target = new AvroTarget(bindings, _id, _name, _n, _text, _d) { Words = new Words() };
    }

    [Theory]
    [InlineData("another schema", "0000000002")]
    [InlineData("a magic byte that is not 0", "0100000001")]
    [InlineData("a record shorter than a header", "00000000")]
    [InlineData("an empty record", "")]
    public void A_run_ends_at_a_record_of_another_frame(string what, string header)
    {
        Assert.NotEmpty(what);
        var batch = new Batch(Framed("a", 1, null), Framed("b", 2, null), Convert.FromHexString(header), Framed("c", 3, null));
        _target.Begin(4);

        Assert.Equal(2, _plan.Read(batch.Records(), 1, 0, _target));
        Assert.Equal(4, _plan.Read(batch.Records(), 1, 3, _target));
        Assert.Equal([1, 2, 3], new[] { _n.Values[0], _n.Values[1], _n.Values[3] });
    }

    [Fact]
    public void A_run_ends_at_a_record_without_a_value_and_at_one_above_the_limit()
    {
        var batch = new Batch(Framed("a", 1, null), Framed("a", 1, new string('x', 100)), Framed("b", 2, null));
        _target.Begin(3);
        Assert.Equal(1, _plan.Read(batch.Records(longest: 100), 1, 0, _target));
        batch.Lengths[1] = -1;
        Assert.Equal(1, _plan.Read(batch.Records(), 1, 0, _target));
    }

    [Fact]
    public void A_refused_record_is_absent_but_for_what_is_kept_and_does_not_end_the_run()
    {
        var cut = Framed("b", 2, "text");
        var batch = new Batch(Framed("a", 1, "one"), cut[..^3], Framed("b", 2, "two"));
        _target.Begin(3);

        Assert.Equal(3, _plan.Read(batch.Records(keep: 0), 1, 0, _target));

        Assert.Equal([Verdict.Accepted, Verdict.Truncated, Verdict.Accepted], batch.Verdicts);
        Assert.Equal([(7, 0, LongColumn.Absent, -1)], new[] { (_id.High[1], _name.Ids[1], _n.Values[1], _text.Length[1]) }.Select(row => ((int)row.Item1, row.Item2, row.Item3, row.Item4)));
        Assert.Equal(("one", "two"), (batch.Text(_text, 0), batch.Text(_text, 2)));
        Assert.Equal(double.NaN, _d.Values[1]);

        Assert.Equal(3, _plan.Read(batch.Records(), 1, 1, _target));
        Assert.Equal(0ul, _id.High[1]);
    }

    [Fact]
    public void A_record_that_is_cut_before_what_is_kept_keeps_nothing_of_the_row_before()
    {
        var batch = new Batch(Framed("a", 1, "one"));
        _target.Begin(1);
        _plan.Read(batch.Records(keep: 0), 1, 0, _target);
        batch.Lengths[0] = 12;

        _plan.Read(batch.Records(keep: 0), 1, 0, _target);

        Assert.Equal((Verdict.Truncated, 0ul, 0ul), (batch.Verdicts[0], _id.High[0], _id.Low[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(300)]
    public void Texts_and_words_of_every_length_are_read_and_a_byte_that_is_no_letter_is_found_in_each(int length)
    {
        var (plain, other) = (new string('x', length), new string('é', length / 2) + new string('x', length % 2));
        var broken = Framed(plain, 1, plain);
        broken[^2] = 0xFF;
        var batch = new Batch(Framed(plain, 1, plain), Framed(other, 2, other), Framed(plain, 3, other), broken);
        _target.Begin(4);

        Assert.Equal(4, _plan.Read(batch.Records(), 1, 0, _target));

        Assert.Equal([Verdict.Accepted, Verdict.Accepted, Verdict.Accepted, length == 0 ? Verdict.Corrupt : Verdict.InvalidUtf8], batch.Verdicts);
        Assert.Equal([plain, other, other], new[] { batch.Text(_text, 0), batch.Text(_text, 1), batch.Text(_text, 2) });
        Assert.Equal([plain, other, plain], Enumerable.Range(0, 3).Select(row => System.Text.Encoding.UTF8.GetString(_target.Words[_name.Ids[row]])));
    }

    [Fact]
    public void More_words_than_the_table_holds_keep_their_ids_while_it_grows()
    {
        var batch = new Batch([.. Enumerable.Range(0, 5_000).Select(i => Framed("word" + (i * 7919 % 2_500), i, null))]);
        _target.Begin(5_000);

        Assert.Equal(5_000, _plan.Read(batch.Records(), 1, 0, _target));

        Assert.All(Enumerable.Range(0, 5_000), i => Assert.Equal("word" + (i * 7919 % 2_500), System.Text.Encoding.UTF8.GetString(_target.Words[_name.Ids[i]])));
        Assert.Equal(2_501, _target.Words.Count);
    }

    [Fact]
    public void A_schema_of_more_fields_than_are_compiled_is_read_all_the_same()
    {
        var fields = Enumerable.Range(0, PlanEmitter.MostSteps + 10).Select(i => $$"""{"name":"f{{i}}","type":"int"}""");
        var schema = AvroSchema.Parse($$"""{"type":"record","name":"R","fields":[{{string.Join(',', fields)}}]}""");
        var bindings = new ColumnBindings().Add($"f{PlanEmitter.MostSteps + 5}", ColumnKind.Long);
        var column = new LongColumn();
        var target = new AvroTarget(bindings, column);
        var record = Enumerable.Range(0, PlanEmitter.MostSteps + 10).Select(i => (byte)(i % 50 * 2)).ToArray();
        var plan = AvroPlan.TryCompile(schema, schema, bindings, out _)!;

        Assert.Equal(Verdict.Accepted, new FramedBytes(plan, record, 0).ReadCode(plan, target));
        Assert.Equal((PlanEmitter.MostSteps + 5) % 50, column.Values[0]);
    }

    [Fact]
    public void What_does_not_fit_together_is_a_fault_of_the_program()
    {
        var batch = new Batch(Framed("a", 1, null), Framed("b", 2, null));
        _target.Begin(1);
        Assert.Throws<ArgumentException>(() => _plan.Read(batch.Records(), 1, 0, _target));
        _target.Begin(2);
        Assert.Throws<ArgumentException>(() => _plan.Read(batch.Records(), 1, 2, _target));
        Assert.Throws<ArgumentException>(() => _plan.Read(batch.Records(), 9, 0, _target));
        var other = new AvroTarget(new ColumnBindings().Add("id", ColumnKind.Fixed16), new Fixed16Column());
        Assert.Throws<ArgumentException>(() => _plan.Read(batch.Records(), 1, 0, other));
        batch.Starts[1] = batch.Starts[0] + AvroPlan.Padding + 500;
        Assert.Equal(1, _plan.Read(batch.Records(), 1, 0, _target));
        Assert.Throws<ArgumentException>(() => _plan.Read(batch.Records(), 1, 1, _target));
        batch.Starts[1] = -1;
        Assert.Throws<ArgumentException>(() => _plan.Read(batch.Records(), 1, 1, _target));
    }

    private static byte[] Framed(string name, long n, string? text)
    {
        var writer = new AvroWriter();
        WireFormat.Begin(writer, 1);
        writer.Fixed16(7, (ulong)n);
        writer.String(name);
        writer.OptionalLong(n);
        writer.OptionalString(text);
        writer.OptionalLong(null);
        return writer.Written.ToArray();
    }

    private sealed class Batch
    {
        private readonly byte[] _bytes;

        public Batch(params byte[][] records)
        {
            _bytes = [.. records.SelectMany(record => record), .. new byte[AvroPlan.Padding]];
            (Starts, Lengths, Verdicts) = (new int[records.Length], [.. records.Select(record => record.Length)], new Verdict[records.Length]);
            for (var i = 1; i < records.Length; i++)
            {
                Starts[i] = Starts[i - 1] + Lengths[i - 1];
            }
        }

        public int[] Starts { get; }

        public int[] Lengths { get; }

        public Verdict[] Verdicts { get; }

        public FramedRecords Records(int longest = int.MaxValue, int keep = -1) =>
            new() { Bytes = _bytes, Starts = Starts, Lengths = Lengths, Verdicts = Verdicts, Longest = longest, Keep = keep };

        public string Text(SpanColumn column, int row) => System.Text.Encoding.UTF8.GetString(column.Of(row, _bytes));
    }
}
