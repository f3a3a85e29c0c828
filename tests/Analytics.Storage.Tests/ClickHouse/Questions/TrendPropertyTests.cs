using System.Text.Json;
using Analytics.Core.Questions;
using FsCheck;
using FsCheck.Fluent;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>What holds for every question, by random ones against the real engine.</summary>
public sealed class TrendPropertyTests : IAsyncLifetime
{
    private const int Questions = 40;
    private const int Size = 20;
    private QuestionTables _alone = null!;
    private QuestionTables _together = null!;

    public async Task InitializeAsync()
    {
        _alone = await NewAsync();
        _together = await NewAsync();
        var random = new Random(20_261_122);
        var own = Enumerable.Range(0, 300).Select(_ => MadeEvent.Any(random, 1)).ToList();
        await _alone.AddAsync(own);
        await _together.AddAsync(own.Concat(Enumerable.Range(0, 300).Select(_ => MadeEvent.Any(random, 2))).Concat(Enumerable.Range(0, 300).Select(_ => MadeEvent.Any(random, 3))));
    }

    public async Task DisposeAsync()
    {
        await _alone.DisposeAsync();
        await _together.DisposeAsync();
    }

    [Fact]
    public async Task No_question_of_one_tenant_reads_a_row_of_another()
    {
        foreach (var (question, json) in Asked(MadeQuestions.Any))
        {
            var (alone, together) = (await AskAsync(_alone, question), await AskAsync(_together, question));
            Assert.True(alone == together, $"{json}\nis answered otherwise where other tenants have rows:\n{alone}\n{together}");
            Assert.DoesNotContain(await AskAsync(_alone, question, tenant: 2), letter => letter is >= '1' and <= '9');
        }
    }

    [Fact]
    public async Task Sums_of_minutes_answer_as_the_events_themselves()
    {
        foreach (var (question, json) in Asked(MadeQuestions.OfCells))
        {
            var (sums, raw) = (await AskAsync(_together, question), await AskAsync(_together, question with { IsRaw = true }));
            Assert.True(sums == raw, $"{json}\nsums {sums}\nraw  {raw}");
        }
    }

    internal static IEnumerable<(TrendQuestion Question, string Json)> Asked(Gen<string> questions)
    {
        var count = 0;
        foreach (var json in questions.Sample(4 * Questions, new Rnd(20_261_122), Size))
        {
            TrendQuestion question;
            try
            {
                question = TrendReader.Read(Node(json), Context());
            }
            catch (InvalidQuestionException)
            {
                // Properties that are not known together, an empty text.
                continue;
            }

            yield return (question, json);
            if (++count == Questions)
            {
                yield break;
            }
        }

        Assert.Fail($"Of {4 * Questions} questions only {count} could be asked: the generator has gone wrong.");
    }

    private static async Task<string> AskAsync(QuestionTables tables, TrendQuestion question, long tenant = 1)
    {
        var figures = await tables.Trends.OfAsync(tenant, question, question.Scope.Range, question.Scope.Range, default);
        return JsonSerializer.Serialize(figures.Groups);
    }
}
