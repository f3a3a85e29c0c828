using System.Globalization;
using System.Net;
using Analytics.Chaos.Tests.Running;
using Analytics.Testing;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: whatever ClickHouse does, it has every row once in the end. Method: a proxy before it answers for it, cuts, delays, refuses.</summary>
public sealed class ClickHouseFaultTests(ITestOutputHelper output)
{
    private const double MostGrowth = 64;

    // A server in trouble, one that refuses us until somebody has mended it, and something between us and it.
    private static readonly (string What, ProxyFault Fault)[] Troubles =
    [
        ("502 of a load balancer", new ProxyFault.Answered(502, "<html>Bad Gateway</html>")),
        ("404 of a load balancer", new ProxyFault.Answered(404, "default backend - 404")),
        ("too many parts", ProxyFault.Answered.ClickHouse(252, "Too many parts (3000). Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)")),
        ("read-only replica", ProxyFault.Answered.ClickHouse(242, "Table is in readonly mode. (TABLE_IS_READ_ONLY)")),
        ("disk full", ProxyFault.Answered.ClickHouse(243, "Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)")),
        ("too many statements", ProxyFault.Answered.ClickHouse(202, "Too many simultaneous queries. Maximum: 100. (TOO_MANY_SIMULTANEOUS_QUERIES)", 503)),
        ("password refused", ProxyFault.Answered.ClickHouse(516, "default: Authentication failed. (AUTHENTICATION_FAILED)", 403)),
        ("right refused", ProxyFault.Answered.ClickHouse(497, "default: Not enough privileges. (ACCESS_DENIED)", 403)),
    ];

    [Fact]
    public async Task An_error_that_a_server_in_trouble_answers_is_waited_out_and_told()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan());
        var worker = stack.Workers[0];
        foreach (var (what, fault) in Troubles)
        {
            await stack.ToClickHouse.Begin(fault).WaitAsync(stack.Form.Settling);
            var told = await stack.ReadinessAsync(worker, $"{what}: readiness says so", readiness => readiness["clickhouse"] is { State: "degraded" });
            Assert.Equal(HttpStatusCode.OK, told.Code);
            await ChaosStack.GoOnAsync(stack.Form.ShortFault / 2);
            stack.ToClickHouse.Heal();
            stack.AssertNoneDied();
            await stack.ReadinessAsync(worker, $"{what}: ready again", readiness => readiness["clickhouse"] is { State: "healthy" });
        }

        await stack.ProgressAsync();
        await stack.AssertExactAsync();
        Outcomes.Add(output, "ClickHouse answers with an error", $"{string.Join(", ", Troubles.Select(one => one.What))}: degraded, waited out, totals exact");
    }

    [Fact]
    public async Task A_write_of_which_nobody_knows_whether_it_was_carried_out_is_repeated_and_counts_once()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Settings = new Dictionary<string, string> { ["ClickHouse__TimeoutSeconds"] = "2" } });
        ProxyFault[] faults =
        [
            new ProxyFault.AnswersCut(),
            new ProxyFault.RequestsCut(2_000),
            new ProxyFault.Slow(stack.Form.ShortFault),
            new ProxyFault.BlackHole(),
            new ProxyFault.Slow(TimeSpan.FromSeconds(3)),
        ];
        foreach (var fault in faults)
        {
            var before = stack.ToClickHouse.Hits;
            await stack.ToClickHouse.Begin(fault).WaitAsync(stack.Form.Settling);
            await Eventually.HoldsAsync($"{fault} hurts again", () => stack.ToClickHouse.Hits >= before + 3, stack.Form.Settling);
            await ChaosStack.GoOnAsync(stack.Form.ShortFault);
            stack.ToClickHouse.Heal();
            await stack.ProgressAsync();
        }

        await stack.AssertExactAsync();
        Outcomes.Add(output, "ClickHouse slow, silent, cut before and after it applied", $"{stack.ToClickHouse.Hits} requests hurt: repeated, totals exact, none fell");
    }

    [Fact]
    public async Task While_ClickHouse_is_away_memory_stays_flat_readiness_tells_and_the_backlog_is_drained_fast()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan
        {
            Settings = new Dictionary<string, string>
            {
                ["Writing__RetryCeilingSeconds"] = "0.2",
                ["Consuming__ChunkSize"] = ChaosForm.Current.BacklogChunk.ToString(CultureInfo.InvariantCulture),
            },
        });
        var worker = stack.Workers[0];
        await using var memory = await MemoryWatch.SteadyAsync(worker, stack.Form.Steady, stack.Form.Settling);
        var begun = TimeProvider.System.GetUtcNow();
        await stack.ToClickHouse.Begin(new ProxyFault.Refused());
        var told = await stack.ReadinessAsync(worker, "readiness says that ClickHouse is away", readiness => readiness["clickhouse"] is { State: "degraded" });
        Assert.Equal((HttpStatusCode.OK, "degraded"), (told.Code, told.Status));
        Assert.InRange(told["clickhouse"]!.Value.Since!.Value, begun.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        Assert.True(await worker.IsLiveAsync());

        // Longer than the fault's time where the partitions are not paused yet: two chunks must be full.
        await ChaosStack.GoOnAsync(stack.Form.IsLong ? stack.Form.Fault : 2 * stack.Form.Fault);
        await stack.ReadinessAsync(worker, "the partitions wait", readiness => readiness["partitions"] is { State: "degraded" });
        var growth = await memory.GrowthAsync();
        var away = TimeProvider.System.GetUtcNow() - begun;
        var before = await stack.Stores.CountedAsync();
        stack.ToClickHouse.Heal();
        var drained = await stack.CaughtUpAsync();
        var speedUp = (await stack.Stores.CountedAsync() - before) / drained.TotalSeconds / stack.Load.Rate;
        await stack.AssertExactAsync();
        await stack.AssertReadyAsync();

        Outcomes.Add(output, "ClickHouse away", string.Create(CultureInfo.InvariantCulture,
            $"{away.TotalSeconds:0} s away, memory grew {growth:0.0} MiB, drained in {drained.TotalSeconds:0.0} s, at {speedUp:0.0} times the live rate: totals exact"));
        Assert.True(growth <= MostGrowth, $"Memory grew by {growth:0.0} MiB while ClickHouse was away.");
        Assert.True(speedUp >= stack.Form.LeastSpeedUp, $"The backlog of {away.TotalSeconds:0.0} s was drained at {speedUp:0.0} times the live rate.");
    }

    [Fact]
    public async Task ClickHouse_killed_while_it_writes_has_everything_after_its_restart()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { OwnClickHouse = true });
        for (var i = 0; i < Math.Max(1, stack.Form.Cycles / 3); i++)
        {
            await stack.ToClickHouse.Begin(new ProxyFault.AnswerHeld("INTO%20events")).WaitAsync(stack.Form.Settling);
            await stack.ClickHouse.KillAsync();
            stack.ToClickHouse.Heal();
            await ChaosStack.GoOnAsync(stack.Form.ShortFault);
            await stack.ClickHouse.RestartAsync();
            await stack.ProgressAsync();
        }

        await stack.AssertExactAsync();
        Outcomes.Add(output, "kill -9 of ClickHouse while it writes", "restarted on its data: totals exact");
    }
}
