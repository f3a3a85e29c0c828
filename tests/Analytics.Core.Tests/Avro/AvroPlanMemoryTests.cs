using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

public sealed class AvroPlanMemoryTests
{
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
        byte[] bytes = [.. writer.Written, .. new byte[AvroPlan.Padding]];
        Batch();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Batch();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Batch()
        {
            bound.Target.Begin(1000);
            for (var row = 0; row < 1000; row++)
            {
                if (plan.Read(bytes, 0, bytes.Length - AvroPlan.Padding, row, bound.Target) != Verdict.Accepted)
                {
                    throw new InvalidOperationException("not accepted");
                }
            }
        }
    }
}
