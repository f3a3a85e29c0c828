using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

public sealed class AvroPlanMemoryTests
{
    private const int Rows = 1000;

    [Fact]
    public void Reading_allocates_nothing_once_the_columns_have_grown()
    {
        var schema = AvroSchema.Parse("""
            {"type":"record","name":"R","fields":[
              {"name":"a","type":"long"},{"name":"name","type":"string"},{"name":"user","type":["null","string"]},{"name":"d","type":["double","null"]},
              {"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"p","type":"string"},{"name":"q","type":"int"}]}}},
              {"name":"map","type":{"type":"map","values":"string"}}]}
            """);
        var bound = new BoundSchema(schema);
        var plan = AvroPlan.TryCompile(schema, schema, bound.Bindings, out _)!;
        var writer = new AvroWriter();
        writer.Long(5);
        writer.String("page_view");
        writer.OptionalString("u1");
        writer.Branch(0);
        writer.Double(1);
        writer.Block(3);
        for (var i = 0; i < 3; i++)
        {
            writer.String("p" + i);
            writer.Int(i);
        }

        writer.EndBlocks();
        writer.StringMap([new("k", "v")]);
        var framed = new FramedBytes(plan, writer.Written, Rows - 1);
        framed.Repeat();
        Batch();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Batch();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Batch()
        {
            bound.Target.Begin(Rows);
            if (plan.Read(framed.Records, FramedBytes.SchemaId, 0, bound.Target) != Rows || framed.Verdicts.AsSpan().ContainsAnyExcept(Verdict.Accepted))
            {
                throw new InvalidOperationException("not accepted");
            }
        }
    }

    [Theory]
    [InlineData("an array of 2^62 items", "l", "feffffffffffffff7f", Verdict.TooManyItems)]
    [InlineData("an array of 16,384 items of which there is none", "l", "80800280", Verdict.Truncated)]
    [InlineData("an array of blocks of one without an end", "l", "0200000200000200000200", Verdict.Truncated)]
    [InlineData("a map of 2^31 pairs", "m", "8080808010", Verdict.TooManyItems)]
    [InlineData("a map of 10,000 pairs of which there is none", "m", "a09c0102", Verdict.Truncated)]
    [InlineData("a text of 2 GiB", "s", "feffffff0f61", Verdict.Truncated)]
    [InlineData("a text of 2^62 bytes", "s", "feffffffffffffff7f61", Verdict.Truncated)]
    [InlineData("a word of 2 GiB", "word", "feffffff0f61", Verdict.Truncated)]
    [InlineData("a text that is not UTF-8", "s", "04fffe", Verdict.InvalidUtf8)]
    [InlineData("a word that is not UTF-8", "word", "04fffe", Verdict.InvalidUtf8)]
    [InlineData("a million levels", "n", "*", Verdict.TooManyItems)]
    [InlineData("a million bytes too many", "i", "02*", Verdict.TrailingBytes)]
    [InlineData("nothing", "l", "", Verdict.Truncated)]
    public void What_a_record_claims_to_hold_costs_no_memory(string what, string field, string record, Verdict expected)
    {
        Assert.NotEmpty(what);
        var type = field switch
        {
            "l" => """{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"p","type":"string"},{"name":"qq","type":"string"}]}}""",
            "m" => """{"type":"map","values":"string"}""",
            "n" => """{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]}""",
            "i" => "\"int\"",
            _ => "\"string\"",
        };
        var writer = AvroSchema.Parse($$"""{"type":"record","name":"R","fields":[{"name":"{{field}}","type":{{type}}}]}""");
        var bound = new BoundSchema(field == "n" ? AvroSchema.Parse("""{"type":"record","name":"R","fields":[]}""") : writer);
        var plan = AvroPlan.TryCompile(writer, bound.Reader, bound.Bindings, out _)!;
        byte[] bytes = [.. Convert.FromHexString(record.TrimEnd('*')), .. Enumerable.Repeat((byte)2, record.EndsWith('*') ? 1_000_000 : 0)];
        new FramedBytes(plan, [], 0).ReadAll(plan, bound.Target);
        var framed = new FramedBytes(plan, bytes, 0);

        var allocated = framed.ReadAll(plan, bound.Target);

        Assert.Equal(expected, framed.Verdicts[0]);
        Assert.InRange(allocated, 0, 64 << 10);
    }
}
