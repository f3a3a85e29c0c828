using System.Globalization;
using Analytics.Chaos.Tests.Oracles;
using Analytics.Chaos.Tests.Running;
using Analytics.Testing;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: what the API says of now is right, or marked stale. Method: it is asked all the while Redis is emptied, first under load, then when a recount is known.</summary>
public sealed class RealtimeAnswerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task While_Redis_is_emptied_an_answer_is_stale_or_whole_and_when_the_load_has_ended_it_equals_a_recount()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2 });
        await using var api = await RunningApi.StartAsync(stack);
        using var live = stack.OpenLive();
        await Eventually.HoldsAsync("a fresh Redis is whole", async () => !await live.IsStaleAsync(), Limit);
        await stack.ProgressAsync();

        // Under load nobody knows what is right, but no figure may fall.
        var most = new Dictionary<(long Tenant, DateOnly Date), IReadOnlyList<long>>();
        var (stale, whole) = await EmptyAsync(stack, api, live, (tenant, answer) =>
        {
            var before = most.GetValueOrDefault((tenant, answer.Date), []);
            if (!answer.Stale)
            {
                most[(tenant, answer.Date)] = answer.Sums;
            }

            return !answer.Stale && before.Zip(answer.Sums).Any(pair => pair.Second < pair.First) ? $"tenant {tenant} fell from {string.Join(' ', before)} to {answer}" : null;
        });

        await stack.AssertExactAsync();
        await Eventually.ValueAsync("the live totals are those of the recount", () => live.DifferencesAsync(stack.Expected!), found => found.Count == 0);
        var (staleAfter, wholeAfter) = await EmptyAsync(stack, api, live, (tenant, answer) =>
        {
            var expected = SumsOf(stack.Expected!, tenant, answer.Date);
            return expected.SequenceEqual(answer.Sums) ? null : $"tenant {tenant}: expected {string.Join(' ', expected)}, found {answer}";
        });
        Outcomes.Add(output, "the API while Redis is emptied", string.Create(CultureInfo.InvariantCulture,
            $"{stale} stale and {whole} whole answers under load, none fell; {staleAfter} and {wholeAfter} after it, all equal to the recount"));
    }

    // Some times, while every answer is judged.
    private static async Task<(int Stale, int Whole)> EmptyAsync(ChaosStack stack, RunningApi api, LiveReading live, Func<long, RealtimeFigures, string?> fault)
    {
        await using var watch = new RealtimeWatch(api, fault);
        for (var i = 0; i < Math.Max(1, stack.Form.Cycles / 3); i++)
        {
            var (stale, whole) = (watch.Stale, watch.Whole);
            await Eventually.HoldsAsync("the API has answered from Redis", () => watch.Whole > whole + 20, Limit);
            await live.EmptyAsync();
            await Eventually.HoldsAsync("the API has said that it is stale", () => watch.Stale > stale, Limit);
            whole = watch.Whole;
            await Eventually.HoldsAsync("the API answers from Redis again", () => watch.Whole > whole + 20, Limit);
        }

        Assert.Equal([], await watch.StopAsync());
        return (watch.Stale, watch.Whole);
    }

    private static IReadOnlyList<long> SumsOf(Recount expected, long tenant, DateOnly day)
    {
        var first = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds() / 60;
        Sums Of(string name) => expected.Cells.Where(cell => cell.Key.Tenant == tenant && cell.Key.Name == name && cell.Key.Minute >= first && cell.Key.Minute < first + 1_440)
            .Aggregate(default(Sums), (sum, cell) => sum + cell.Value);
        var placed = Of("order_placed");
        return [placed.Revenue, Of("order_refunded").Revenue, placed.Events, placed.Units, Of("page_view").Events, Of("add_to_cart").Events, Of("checkout_start").Events];
    }
}
