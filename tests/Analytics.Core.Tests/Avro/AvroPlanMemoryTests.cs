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
}
