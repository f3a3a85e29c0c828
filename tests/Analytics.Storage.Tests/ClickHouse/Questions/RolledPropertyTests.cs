using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

/// <summary>Goal: days, hours and minutes give the answer of the minutes alone. Method: random runs, late events and open chunks, then random questions to both.</summary>
public sealed class RolledPropertyTests : IAsyncLifetime
{
    private const int Rounds = 3;

    // Tuples have fields.
    private static readonly JsonSerializerOptions Fields = new() { IncludeFields = true };

    private QuestionTables _tables = null!;
    private QuestionTables _nothing = null!;

    public async Task InitializeAsync() => (_tables, _nothing) = (await NewAsync(), await NewAsync());

    public async Task DisposeAsync()
    {
        await _tables.DisposeAsync();
        await _nothing.DisposeAsync();
    }

    [Fact]
    public async Task Days_hours_and_minutes_answer_as_the_minutes_alone_whatever_came_late_or_was_rewritten()
    {
        var random = new Random(20_261_123);
        var sources = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            await HappenAsync(random, round);
            // Each with eyes of its own: what was asked before is kept for some seconds.
            var periods = new RolledPeriods(_tables.Client, TimeProvider.System);
            var none = new RolledPeriods(_nothing.Client, TimeProvider.System);
            var (rolled, minutes) = (new TrendQueries(_tables.Store, periods), new TrendQueries(_tables.Store, none));
            foreach (var (question, json) in TrendPropertyTests.Asked(MadeQuestions.OfRolled).Skip(round * 13).Take(13))
            {
                var range = question.Scope.Range;
                var (fast, slow) = (await rolled.OfAsync(1, question, range, range, default), await minutes.OfAsync(1, question, range, range, default));

                Assert.True(JsonSerializer.Serialize(fast.Groups) == JsonSerializer.Serialize(slow.Groups), $"{json}\nrolled  {JsonSerializer.Serialize(fast.Groups)}\nminutes {JsonSerializer.Serialize(slow.Groups)}");
                Assert.Equal(["cells"], slow.Sources);
                fast.Sources.ToList().ForEach(source => sources[source] = sources.GetValueOrDefault(source) + 1);
                await AssertComparedAsync(rolled, question, json);
                await AssertHistoryAsync(question, periods, none, json);
            }
        }

        Assert.True(sources.GetValueOrDefault("cells_1h") > 8 && sources.GetValueOrDefault("cells_1d") > 8 && sources.GetValueOrDefault("cells") > 8, $"The generator has gone wrong: {string.Join(", ", sources)}.");
    }

    [Fact]
    public async Task Sketches_of_many_users_unite_to_the_same_estimate_by_days_hours_and_minutes()
    {
        await _tables.Client.ExecuteAsync(
            """
            INSERT INTO uniques SELECT 1, toDateTime('2026-03-01 00:00:00', 'UTC') + INTERVAL number % 4000 MINUTE AS minute, 'page_view', 'DE', 'mobile', 'direct', 0,
                uniqCombined64State(17)(cityHash64(number)), uniqCombined64State(17)(cityHash64(number)), toDateTime('2100-01-01 00:00:00', 'UTC')
            FROM numbers(60000) GROUP BY minute
            """);
        await _tables.Client.ExecuteAsync(
            """
            INSERT INTO cells (tenant, window, name, ver, events, keep_until)
            SELECT 1, toDateTime('2026-03-01 00:00:00', 'UTC') + INTERVAL number MINUTE, 'page_view', 1, 15, toDateTime('2100-01-01 00:00:00', 'UTC') FROM numbers(4000)
            """);
        await new RollUp(_tables.Client, TimeProvider.System).RunAsync(isWhole: false, default);
        var periods = new RolledPeriods(_tables.Client, TimeProvider.System);
        var none = new RolledPeriods(_nothing.Client, TimeProvider.System);
        var question = TrendReader.Read(Node("""{"start": "2026-03-01T00:30:00Z", "end": "2026-03-03T17:45:00Z", "granularity": "month", "metrics": ["visitors"]}"""), Context());

        var fast = await new TrendQueries(_tables.Store, periods).OfAsync(1, question, question.Scope.Range, question.Scope.Range, default);
        var slow = await new TrendQueries(_tables.Store, none).OfAsync(1, question, question.Scope.Range, question.Scope.Range, default);

        Assert.Equal(["cells", "cells_1d", "cells_1h"], fast.Sources);
        Assert.Equal(slow.Groups[0].Totals, fast.Groups[0].Totals);
        Assert.InRange(fast.Groups[0].Totals[0]!.Value, 58_000, 60_000);
        Assert.True(fast.IsApproximate);
    }

    // One statement for both ranges says what one for each says, whatever lies between them and wherever points and sums are cut.
    private static async Task AssertComparedAsync(TrendQueries trends, TrendQuestion question, string json)
    {
        var range = question.Scope.Range;
        foreach (var mode in Enum.GetValues<ComparisonMode>())
        {
            var other = ComparisonRange.Of(mode, range, question.Scope.Zone, range.End).WholeMinutes();
            var (now, before) = await trends.ComparedAsync(1, question, range, other, batch: null, default);
            var alone = (await trends.OfAsync(1, question, range, range, default), await trends.OfAsync(1, question, other, range, default));

            Assert.True(JsonSerializer.Serialize((now, before), Fields) == JsonSerializer.Serialize(alone, Fields), $"{mode} {json}\ntogether {JsonSerializer.Serialize((now, before), Fields)}\nalone    {JsonSerializer.Serialize(alone, Fields)}");
        }
    }

    private async Task AssertHistoryAsync(TrendQuestion question, RolledPeriods periods, RolledPeriods none, string json)
    {
        var scope = new FigureScope(1, question.Scope.Range, question.Scope.Zone, question.Scope.Currency, question.Scope.WithBots);
        var fast = await new HistoryQueries(_tables.Client, _tables.Store, periods).FiguresAsync(scope, question.Granularity, default);
        var slow = await new HistoryQueries(_tables.Client, _tables.Store, none).FiguresAsync(scope, question.Granularity, default);

        Assert.True(fast.Totals == slow.Totals && fast.Points.SequenceEqual(slow.Points), $"The history of {json}\nrolled  {JsonSerializer.Serialize(fast)}\nminutes {JsonSerializer.Serialize(slow)}");
    }

    // A chunk arrives, somebody runs the roll-up over something, and then more arrives, of any day.
    private async Task HappenAsync(Random random, int round)
    {
        await ArriveAsync(random, 250, isSealed: true);
        var rollUp = new RollUp(_tables.Client, TimeProvider.System);
        var hour = Utc("2026-02-27").AddHours(random.Next(24 * 8));
        await rollUp.RunAsync(new TimeRange(hour, hour.AddHours(random.Next(1, 24 * 9))), default);
        if (round > 0)
        {
            await rollUp.RunAsync(isWhole: false, default);
            await ArriveAsync(random, 3, isSealed: random.Next(2) == 0, day: random.Next(3, 9));
        }
    }

    private async Task ArriveAsync(Random random, int count, bool isSealed, int day = 0)
    {
        var events = Enumerable.Range(0, count).Select(_ => MadeEvent.Any(random, 1, 11 - day)).Select(one => one with { Time = one.Time.AddDays(day) }).ToList();
        var (first, last) = await _tables.AddAsync(events);
        await _tables.LedgerAsync(first, last, isSealed, events.Min(one => one.Time));
    }
}
