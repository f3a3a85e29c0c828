using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro;

/// <summary>Records of random bytes and damaged records: always a verdict, never an exception, and memory within bounds.</summary>
public sealed class AvroPlanFuzzTests
{
    private const int Cases = 100_000;

    private const string Everything = """
        {"type":"record","name":"R","fields":[
          {"name":"id","type":{"type":"fixed","name":"Id","size":16}},
          {"name":"i","type":"int"},{"name":"l","type":["null","long"]},{"name":"d","type":["null","double","float"]},
          {"name":"b","type":"boolean"},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
          {"name":"s","type":"string"},{"name":"t","type":["null","string"]},{"name":"y","type":"bytes"},
          {"name":"m","type":{"type":"map","values":["null","int","string"]}},
          {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
            {"name":"p","type":"string"},{"name":"tags","type":{"type":"array","items":"string"}},{"name":"n","type":"null"}]}}},
          {"name":"nulls","type":{"type":"array","items":"null"}},
          {"name":"skipped","type":["null",{"type":"record","name":"Node","fields":[
            {"name":"v","type":"string"},{"name":"kids","type":{"type":"array","items":"Node"}},{"name":"named","type":{"type":"map","values":"Node"}}]}]}
        ]}
        """;

    private static readonly AvroSchema Writer = AvroSchema.Parse(Everything);
    private static readonly AvroSchema Reader = AvroSchema.Parse(Everything[..Everything.IndexOf(",\n  {\"name\":\"skipped\"", StringComparison.Ordinal)] + "]}");

    [Fact]
    public void Random_bytes_get_a_verdict()
    {
        var random = new Random(20261122);
        Run((bytes, i) =>
        {
            var length = random.Next(0, 200);
            for (var at = 0; at < length; at++)
            {
                // Small numbers are lengths and branches that lead deeper into the record.
                bytes[at] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)random.Next(12);
            }

            return length;
        });
    }

    [Fact]
    public void Damaged_records_get_a_verdict()
    {
        var random = new Random(7);
        var record = new AvroWriter();
        Write(record, random);
        var accepted = Run((bytes, i) =>
        {
            record.Clear();
            Write(record, random);
            record.Written.CopyTo(bytes);
            for (var damage = random.Next(3); damage > 0; damage--)
            {
                bytes[random.Next(record.Length)] = (byte)random.Next(256);
            }

            return random.Next(3) == 0 ? random.Next(record.Length) : record.Length;
        });
        Assert.InRange(accepted, Cases / 6, Cases - (Cases / 6));
    }

    private static int Run(Func<byte[], int, int> fill)
    {
        var bound = new BoundSchema(Reader);
        var plan = AvroPlan.TryCompile(Writer, Reader, bound.Bindings, out _)!;
        var bytes = new byte[4096];
        var accepted = 0;
        var allocated = 0L;
        Read(0, 1000);
        (bound.Target.Words, allocated) = (new Words(), 0);
        Read(1000, Cases);

        // What remains are new words and child columns that double up to the limit of items: never a function of what a record claims.
        Assert.InRange(allocated, 0, 64L << 20);
        return accepted;

        void Read(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var length = fill(bytes, i);
                var framed = new FramedBytes(plan, bytes.AsSpan(0, length), 0);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var verdict = framed.ReadCode(plan, bound.Target);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                accepted += verdict == Verdict.Accepted ? 1 : 0;
                Assert.True(verdict is Verdict.Accepted or Verdict.Truncated or Verdict.Corrupt or Verdict.TrailingBytes or Verdict.InvalidUtf8 or Verdict.TooManyItems);
            }
        }
    }

    private static void Write(AvroWriter writer, Random random)
    {
        writer.Fixed16((ulong)random.NextInt64(), (ulong)random.NextInt64());
        writer.Int(random.Next());
        writer.OptionalLong(random.Next(2) == 0 ? null : random.NextInt64());
        writer.Branch(1);
        writer.Double(random.NextDouble());
        writer.Boolean(true);
        writer.Int(random.Next(3));
        writer.String("text");
        writer.OptionalString(random.Next(2) == 0 ? null : "naïve");
        writer.Bytes([1, 2, 255]);
        writer.Block(1);
        writer.String("k");
        writer.Branch(1);
        writer.Int(9);
        writer.EndBlocks();
        writer.Block(2);
        for (var line = 0; line < 2; line++)
        {
            writer.String("p");
            writer.Block(1);
            writer.String("tag");
            writer.EndBlocks();
        }

        writer.EndBlocks();
        writer.Block(3);
        writer.EndBlocks();
        writer.Branch(1);
        writer.String("root");
        writer.EndBlocks();
        writer.EndBlocks();
    }
}
