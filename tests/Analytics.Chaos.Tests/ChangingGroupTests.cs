using System.Globalization;
using Analytics.Chaos.Tests.Running;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: a group that changes goes on counting. Method: real workers are added, stopped and replaced, while a load runs.</summary>
public sealed class ChangingGroupTests(ITestOutputHelper output)
{
    private static readonly TimeSpan SupervisorsGrace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Workers_that_come_and_go_all_the_time_do_not_stop_the_counting()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 1, Partitions = 3 });
        for (var i = 0; i < stack.Form.Cycles; i++)
        {
            await stack.AddWorkerAsync();
            await ChaosStack.GoOnAsync(stack.Form.ShortFault);
            var oldest = stack.Workers[0];
            if (i % 2 == 0)
            {
                Assert.Equal(0, await oldest.StopAsync());
            }
            else
            {
                await oldest.KillAsync();
            }

            await stack.ProgressAsync();
        }

        await stack.AssertExactAsync();
        var standstill = stack.Totals.LongestStandstill.TotalSeconds;
        Outcomes.Add(output, "workers added and removed", string.Create(CultureInfo.InvariantCulture, $"{stack.Form.Cycles} times, longest standstill {standstill:0.0} s: totals exact"));
    }

    [Fact]
    public async Task A_rolling_restart_ends_each_worker_in_time_with_code_0_and_no_error()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2, UnknownSchemas = false });
        var slowest = TimeSpan.Zero;
        foreach (var worker in stack.Workers)
        {
            var started = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, await worker.StopAsync());
            var took = TimeProvider.System.GetElapsedTime(started);
            Assert.True(took < SupervisorsGrace, $"It took {took.TotalSeconds:0.0} s to stop.");
            slowest = took > slowest ? took : slowest;
            Assert.True(!worker.Output.Contains(" fail: ", StringComparison.Ordinal) && !worker.Output.Contains(" crit: ", StringComparison.Ordinal), worker.Output);
            await stack.AddWorkerAsync();
            await stack.ProgressAsync();
        }

        await stack.AssertExactAsync();
        Assert.True(stack.Totals.LongestStandstill < TimeSpan.FromSeconds(30), $"No total grew for {stack.Totals.LongestStandstill}.");
        Outcomes.Add(output, "rolling restart (SIGTERM)", string.Create(CultureInfo.InvariantCulture,
            $"exit code 0 within {slowest.TotalSeconds:0.0} s, longest standstill {stack.Totals.LongestStandstill.TotalSeconds:0.0} s: totals exact"));
    }
}
