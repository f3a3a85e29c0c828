using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Core.Tests.Avro.Fuzzing;

/// <summary>
/// Records of random schemas, whole, damaged, random, and some that the other side wrote, read by this reader and by others: avsc (npm) and the Avro
/// project's Python library. They mean the same to both, or both refuse them, but for the differences that are listed here.
/// </summary>
public sealed class AvroAgreementTests
{
    private const int RecordsOfEach = 500;
    private const int TheirsInEach = 10;
    private const int PairsAtOnce = 125;

    // Where the other side differs and is known to.
    private const string Wide = "a number of over 50 bits";

    // A text, or refused.
    private static readonly Difference[] Differences =
    [
        new("a boolean above 1", "\"boolean\"", "02", "Corrupt", "(true)", "(false)"),
        new("a text that is not UTF-8", "\"string\"", "02ff", "InvalidUtf8", "(xefbfbd)", "refused"),
        new("an int of over 32 bits", "\"int\"", "8080808010", "Corrupt", "(2147483648)", "(2147483648)"),
        new("a number of over 10 bytes", "\"long\"", "808080808080808080808000", "Corrupt", "(0)", "(0)"),
        new("a number of over 50 bits", "\"long\"", "feffffffffffffffff01", "(9223372036854775807)", "refused", "(9223372036854775807)"),
        new("a number of over 64 bits", "\"long\"", "80808080808080808002", "Corrupt", "refused", "(9223372036854775808)"),
        new("a negative branch", """["null","int"]""", "0102", "Corrupt", "refused", "(1)"),
        new("a negative symbol", """{"type":"enum","name":"E","symbols":["A","B"]}""", "01", "Corrupt", "refused", "(B)"),
        new("a block with its size, which is too large", """{"type":"array","items":"int"}""", "01640200", "Truncated", "([1])", "([1])"),
        new("a block with its size, which is wrong", """{"type":"array","items":"int"}""", "01000200", "([1])", "([1])", "([1])"),
        new("a key that stands twice", """{"type":"map","values":"int"}""", "0402610202610400", "({x61:2})", "({x61:2})", "({x61:2})"),
        new("a byte too many", "\"int\"", "0200", "TrailingBytes", "refused", "refused"),
        new("a text cut off", "\"string\"", "0461", "Truncated", "refused", "refused"),
    ];

    [Fact]
    public Task Records_mean_the_same_to_avsc() => AgreeAsync(OtherReader.Avsc, pairs: 600, first: 20_001, withAliases: true);

    [Fact]
    public Task Records_mean_the_same_to_the_python_library() => AgreeAsync(OtherReader.Python, pairs: 250, first: 30_001, withAliases: false);

    [Fact]
    public async Task Each_difference_is_as_listed()
    {
        Question[] questions = [.. Differences.Select(one => new Question(Record(one.Type), Record(one.Type), [one.Record]))];
        var (avsc, python) = (await OtherReader.Avsc.AskAsync(questions), await OtherReader.Python.AskAsync(questions));
        for (var i = 0; i < questions.Length; i++)
        {
            var schema = AvroSchema.Parse(questions[i].Writer);
            var ours = new BoundSchema(schema).Read(schema, Convert.FromHexString(Differences[i].Record));
            var found = Differences[i] with { Ours = ours, Avsc = avsc[i][0].Text ?? "refused", Python = python[i][0].Text ?? "refused" };
            Assert.True(Differences[i] == found, $"expected {Differences[i]}\nfound {found}\navsc {avsc[i][0]}\nPython {python[i][0]}");
        }
    }

    private static string Record(string type) => $$"""{"type":"record","name":"R","fields":[{"name":"f","type":{{type}}}]}""";

    private static async Task AgreeAsync(OtherReader other, int pairs, int first, bool withAliases)
    {
        var (both, excused, one) = (0, 0, Environment.GetEnvironmentVariable(Fuzz.SeedVariable));
        int[] seeds = one is null ? [.. Enumerable.Range(first, pairs)] : [int.Parse(one, null)];
        foreach (var part in seeds.Chunk(PairsAtOnce))
        {
            var asked = part.Select(seed => new FuzzPair(seed, withAliases)).ToList();
            Question[] questions = [.. asked.Select(pair => new Question(pair.WriterText, pair.ReaderText, Records(pair)))];
            var answers = await other.AskAsync(questions);
            for (var i = 0; i < part.Length; i++)
            {
                var wrong = Compare(asked[i], questions[i].Records, answers[i], ref both, ref excused);
                Assert.True(wrong is null, $"Seed {part[i]} failed. To repeat: {Fuzz.RepeatCommand(part[i], nameof(AvroAgreementTests))}\n{other.Name}: {wrong}\nwriter {asked[i].WriterText}\nreader {asked[i].ReaderText}");
            }
        }

        var records = pairs * RecordsOfEach;
        Assert.True(one is not null || (both > records / 4 && excused < records / 20), $"of {records} records {both} were accepted by both, and in {excused} a known difference decided");
    }

    private static string?[] Records(FuzzPair pair) =>
        [.. Enumerable.Range(0, RecordsOfEach).Select(i => i < TheirsInEach ? null : Convert.ToHexStringLower(pair.Next()))];

    // What is wrong with one of the answers; null when nothing is. A difference is excused where the other side noted why.
    private static string? Compare(FuzzPair pair, IReadOnlyList<string?> records, List<Answer> answers, ref int both, ref int excused)
    {
        var bound = new BoundSchema(pair.Reader);
        var plan = AvroPlan.TryCompile(pair.Writer, pair.Reader, bound.Bindings, out _)!;
        for (var i = 0; i < records.Count; i++)
        {
            var (answer, record) = (answers[i], records[i] ?? answers[i].Made!);
            var framed = new FramedBytes(plan, Convert.FromHexString(record), 0);
            var verdict = framed.ReadCode(plan, bound.Target);
            var ours = bound.TextOf(verdict, 0, framed.Bytes);
            var isExcused = verdict == Verdict.Accepted ? answer.Odd?.Contains(Wide) == true : answer.Odd is not null;
            var agrees = verdict == Verdict.Accepted ? ours == answer.Text : answer.Text is null;
            if (!agrees && !isExcused)
            {
                return $"{answer.Text ?? answer.Error}, odd: {string.Join(", ", answer.Odd ?? [])}\nwe: {ours}\nrecord {i}: {record}";
            }

            excused += agrees ? 0 : 1;
            both += verdict == Verdict.Accepted && answer.Text is not null ? 1 : 0;
        }

        return null;
    }

    private sealed record Difference(string What, string Type, string Record, string Ours, string Avsc, string Python);
}
