using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro.Fuzzing;

/// <summary>
/// A million records, whole, damaged and random, of random schemas: always a verdict, never an exception, the same from the machine code among its neighbours
/// as from the steps between garbage, and no memory but for what a record holds.
/// </summary>
public sealed class AvroPlanFuzzTests
{
    private const int Pairs = 450;
    private const int Rounds = 50;
    private const int RecordsOfEach = 2_000;
    private const int RecordsAtOnce = 16;

    // Of a batch: new words and their tables. What a record claims to hold beyond its bytes costs nothing; columns of items have their room before.
    private const long MostAllocated = 64 << 10;
    private const int RoomForItems = 8_192;
    private const int FewWords = 64;

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

    [Fact]
    public void Records_of_random_schemas_get_one_verdict_within_their_memory() =>
        Fuzz.Run(1, Pairs, seed =>
        {
            var pair = new FuzzPair(seed, withAliases: true);
            return Run(pair.Writer, pair.Reader, pair.Next);
        });

    [Fact]
    public void Records_of_every_type_get_one_verdict_within_their_memory()
    {
        var writer = AvroSchema.Parse(Everything);
        var reader = AvroSchema.Parse(Everything[..Everything.IndexOf(",\n  {\"name\":\"skipped\"", StringComparison.Ordinal)] + "]}");
        Fuzz.Run(1, Rounds, seed =>
        {
            var random = new Random(seed);
            var record = new AvroWriter();
            var made = 0;
            return Run(writer, reader, () =>
            {
                record.Clear();
                Write(record, random);
                return (made++ % 4) switch
                {
                    0 => record.Written.ToArray(),
                    3 => FuzzPair.RandomBytes(random),
                    _ => FuzzPair.Damaged(random, [.. record.Written]),
                };
            });
        });
    }

    private static (int Read, int Accepted) Run(AvroSchema writer, AvroSchema reader, Func<byte[]> next)
    {
        var (code, steps) = (new BoundSchema(reader), new BoundSchema(reader));
        code.Reserve(RoomForItems);
        var plan = AvroPlan.TryCompile(writer, reader, code.Bindings, out var reasons) ?? throw new InvalidOperationException(string.Join("; ", reasons));
        var accepted = 0;
        for (var i = 0; i < RecordsOfEach; i += RecordsAtOnce)
        {
            byte[][] records = [.. Enumerable.Range(0, RecordsAtOnce).Select(_ => next())];
            if (code.Target.Words.Count > FewWords)
            {
                (code.Target.Words, steps.Target.Words) = (new Words(), new Words());
            }

            var batch = new FramedBytes(plan, records);
            var allocated = batch.ReadAll(plan, code.Target);

            // The first run compiles the code.
            Assert.True(allocated <= MostAllocated || i == 0, $"{allocated} bytes were allocated for records {i} to {i + RecordsAtOnce - 1}");
            for (var row = 0; row < RecordsAtOnce; row++)
            {
                var alone = new FramedBytes(plan, records[row], 0);
                var expected = steps.TextOf(alone.ReadSteps(plan, steps.Target), 0, alone.Bytes);
                var found = code.TextOf(batch.Verdicts[row], row, batch.Bytes);
                Assert.True(expected == found, $"record {i + row}, {Convert.ToHexString(records[row])}\nsteps {expected}\ncode  {found}");
                Assert.True(batch.Verdicts[row] is Verdict.Accepted or Verdict.IncompatibleSchema or (>= Verdict.Truncated and <= Verdict.TooManyItems), batch.Verdicts[row].ToString());
                accepted += batch.Verdicts[row] == Verdict.Accepted ? 1 : 0;
            }

            // Nothing behind a record became a word.
            Assert.Equal(steps.Target.Words.Count, code.Target.Words.Count);
        }

        return (RecordsOfEach, accepted);
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
