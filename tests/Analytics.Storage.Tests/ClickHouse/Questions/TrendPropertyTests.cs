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
        var own = Enumerable.Range(0, 300).Select(_ => Some(random, 1)).ToList();
        await _alone.AddAsync(own);
        await _together.AddAsync(own.Concat(Enumerable.Range(0, 300).Select(_ => Some(random, 2))).Concat(Enumerable.Range(0, 300).Select(_ => Some(random, 3))));
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

    internal static MadeEvent Some(Random random, long tenant, int days = 4)
    {
        string Of(params string[] texts) => texts[random.Next(texts.Length)];
        var name = Of("page_view", "page_view", "product_view", "order_placed", "stock_level");
        var isOrder = name == "order_placed";
        return new()
        {
            Tenant = tenant,
            Name = name,
            Time = Utc("2026-02-28 20:00").AddSeconds(random.Next(days * 86_400)),
            User = name == "stock_level" ? "" : "u" + random.Next(40),
            Country = Of("DE", "FR", "", "' OR 1 = 1 --"),
            Device = Of("mobile", "desktop", ""),
            Source = Of("direct", "search"),
            Campaign = Of("", "spring", "\\"),
            Product = isOrder || name == "product_view" ? "p" + random.Next(5) : "",
            Order = isOrder ? "o" + random.Next(100_000) : "",
            Currency = isOrder ? Of("EUR", "USD") : "",
            Units = isOrder ? random.Next(1, 5) : 0,
            Revenue = isOrder ? random.Next(100, 9_999) : 0,
            IsBot = random.Next(10) == 0,
            Properties = new Dictionary<string, string> { ["plan"] = Of("1", "2.5", "basic", ""), ["tenant"] = "2", ["' OR 1 --"] = "x" },
        };
    }
}
