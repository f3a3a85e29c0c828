using System.Globalization;
using Analytics.Chaos.Tests.Running;
using Analytics.Testing;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: a worker that dies or sleeps costs time and nothing else. Method: real workers are killed and frozen at chosen places of a flush, while a load runs.</summary>
public sealed class DeadWorkerTests(ITestOutputHelper output)
{
    // Places in a flush where a worker may die, by the statement that waits at the proxy while it does.
    private static readonly ProxyFault[] Places =
    [
        new ProxyFault.RequestHeld("INTO%20ledger"),
        new ProxyFault.AnswerHeld("INTO%20cells"),
        new ProxyFault.AnswerHeld("INTO%20ledger"),
        new ProxyFault.RequestHeld("INTO%20uniques"),
        new ProxyFault.RequestHeld("INTO%20events"),
    ];

    [Fact]
    public async Task Workers_killed_in_the_middle_of_a_flush_again_and_again_lose_nothing_and_count_nothing_twice()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2 });
        var kills = 0;
        for (var i = 0; i < stack.Form.Cycles; i++)
        {
            await stack.ToClickHouse.Begin(Places[i % Places.Length]).WaitAsync(stack.Form.Settling);

            // All of them, or one and its partitions go to the other.
            var killed = i % 2 == 0 ? stack.Workers : [stack.Workers[0]];
            await Task.WhenAll(killed.Select(worker => worker.KillAsync()));
            kills += killed.Count;

            // What the dead had sent arrives now: a late write.
            stack.ToClickHouse.Heal();
            await Task.WhenAll(killed.Select(_ => stack.AddWorkerAsync()));
        }

        await stack.ProgressAsync();
        await stack.AssertExactAsync();
        Outcomes.Add(output, "kill -9 in the middle of a flush", $"{kills} workers killed, their writes arriving late: totals exact, none fell");
    }

    [Fact]
    public async Task A_backlog_that_grew_while_no_worker_ran_is_drained_much_faster_than_it_grew()
    {
        // Two chunks of a partition wait for their seals at most: with the other tests' chunks of 1,024 records that is four inserts a second, whatever the worker can do.
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Settings = new Dictionary<string, string> { ["Consuming__ChunkSize"] = "16384" } });
        await stack.Workers[0].KillAsync();
        await ChaosStack.GoOnAsync(stack.Form.IsLong ? stack.Form.Fault : 2 * stack.Form.Fault);
        var before = await stack.Stores.CountedAsync();
        await stack.AddWorkerAsync();
        var drained = await stack.CaughtUpAsync();
        var backlog = await stack.Stores.CountedAsync() - before;
        await stack.AssertExactAsync();
        var speedUp = backlog / drained.TotalSeconds / stack.Form.Rate;
        Outcomes.Add(output, "no worker for a while", string.Create(CultureInfo.InvariantCulture,
            $"{backlog:N0} records drained in {drained.TotalSeconds:0.0} s, {speedUp:0.0} times the live rate: totals exact"));
        Assert.True(speedUp >= stack.Form.LeastSpeedUp, $"{backlog} records were drained at {speedUp:0.0} times the live rate.");
    }

    [Fact]
    public async Task A_worker_frozen_for_twice_the_session_time_out_changes_nothing_when_it_wakes()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2 });
        var zombie = stack.Workers[0];
        for (var i = 0; i < Math.Max(1, stack.Form.Cycles / 3); i++)
        {
            await stack.ToClickHouse.Begin(new ProxyFault.AnswerHeld("INTO%20cells")).WaitAsync(stack.Form.Settling);
            zombie.Freeze();
            stack.ToClickHouse.Heal();
            await ChaosStack.GoOnAsync(2 * stack.Form.Session);

            // The other one has the partitions by now: everything that is in the log can be counted.
            await stack.CaughtUpAsync();
            zombie.Thaw();
            await Eventually.HoldsAsync("the worker that was frozen has partitions again",
                async () => await zombie.MetricAsync("analytics_partition_halted") is { Count: > 0 } owned && owned.Values.All(halted => halted == 0), stack.Form.Settling);
            await stack.ProgressAsync();
        }

        await stack.AssertExactAsync();
        Outcomes.Add(output, "SIGSTOP for twice the session time-out", "the other worker took over, the zombie came back and changed nothing: totals exact");
    }
}
