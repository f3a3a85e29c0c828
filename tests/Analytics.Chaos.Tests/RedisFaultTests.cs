using System.Globalization;
using Analytics.Chaos.Tests.Running;
using Analytics.Testing;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: Redis never holds up the history, and is right again after it was away. Method: a proxy before it, and the server itself restarted empty.</summary>
public sealed class RedisFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task While_Redis_is_away_or_silent_history_goes_on_and_the_live_totals_are_exact_afterwards()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan());
        var worker = stack.Workers[0];
        foreach (var fault in new ProxyFault[] { new ProxyFault.Refused(), new ProxyFault.BlackHole(), new ProxyFault.Slow(TimeSpan.FromMilliseconds(300)) })
        {
            await stack.ToRedis.Begin(fault).WaitAsync(stack.Form.Settling);
            if (fault is not ProxyFault.Slow)
            {
                var told = await stack.ReadinessAsync(worker, "readiness says that Redis is away", readiness => readiness["redis"] is { State: "degraded" });
                Assert.Equal("degraded", told.Status);
            }

            await ChaosStack.GoOnAsync(stack.Form.ShortFault);

            // While the fault holds: history goes on.
            await stack.ProgressAsync();
            stack.ToRedis.Heal();
            await stack.ReadinessAsync(worker, "readiness says that Redis is back", readiness => readiness["redis"] is { State: "healthy" });
        }

        await stack.AssertExactAsync();
        using var live = stack.OpenLive();
        await Eventually.ValueAsync("the live totals are those of the recount", () => live.DifferencesAsync(stack.Expected!), found => found.Count == 0);
        var standstill = stack.Totals.LongestStandstill.TotalSeconds;
        Outcomes.Add(output, "Redis away, silent, slow", string.Create(CultureInfo.InvariantCulture,
            $"history's longest standstill {standstill:0.0} s, live totals exact once it was back"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_emptied_or_restarted_empty_stops_nothing_and_is_whole_again_within_two_minutes(bool isRestarted)
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2 });
        using var live = stack.OpenLive();
        await Eventually.HoldsAsync("a fresh Redis is whole", async () => !await live.IsStaleAsync(), Limit);
        await stack.ProgressAsync();
        if (isRestarted)
        {
            await stack.Redis.CrashAsync();
            await stack.ProgressAsync();
            await stack.Redis.RestartAsync();
        }
        else
        {
            await live.EmptyAsync();
        }

        var emptied = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync("the live figures are stale", live.IsStaleAsync);
        await stack.ProgressAsync();
        await Eventually.HoldsAsync("the live figures are whole again", async () => !await live.IsStaleAsync(), Limit);
        var took = TimeProvider.System.GetElapsedTime(emptied).TotalSeconds;
        Assert.InRange(took, 0, Limit.TotalSeconds);
        await stack.AssertExactAsync();
        await stack.AssertReadyAsync();
        await Eventually.ValueAsync("the live totals are those of the recount", () => live.DifferencesAsync(stack.Expected!), found => found.Count == 0);
        Outcomes.Add(output, isRestarted ? "Redis killed and restarted empty" : "Redis emptied (FLUSHALL)", string.Create(CultureInfo.InvariantCulture,
            $"history went on, live figures stale for {took:0} s, then rebuilt from ClickHouse: live totals exact"));
    }
}
