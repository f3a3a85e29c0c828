using System.Globalization;
using System.Net;
using Analytics.Chaos.Tests.Running;
using Analytics.Core.Events;
using Analytics.Hosting;
using Analytics.Testing;
using Confluent.Kafka;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: records that are gone before they were counted are never passed over in silence. Method: the log of one partition is cut behind the group's back.</summary>
public sealed class LostLogTests(ITestOutputHelper output)
{
    private static readonly (string Topic, int Partition) Cut = (Topics.Clickstream, 0);

    [Fact]
    public async Task A_partition_whose_next_record_is_gone_halts_until_an_operator_has_accepted_the_loss()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan());
        stack.Load.Plan.Resends = false;
        await stack.CaughtUpAsync();
        Assert.Equal(0, await stack.Workers[0].StopAsync());
        var lost = await LoseRecordsAsync(stack);

        var worker = await stack.AddWorkerAsync();
        var told = await stack.ReadinessAsync(worker, "readiness says that the partition is halted", readiness => readiness["partitions"] is { State: "degraded", Detail: var text }
            && text!.Contains("clickstream-events [0]", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, told.Code);
        Assert.Contains("were deleted before they were counted", told["partitions"]!.Value.Detail, StringComparison.Ordinal);
        Assert.Contains("restart the workers", told["partitions"]!.Value.Detail, StringComparison.Ordinal);
        Assert.Equal(1, (await worker.MetricAsync("analytics_partition_halted")).Single(one => one.Key.Contains("clickstream-events", StringComparison.Ordinal)
            && one.Key.Contains("partition=\"0\"", StringComparison.Ordinal)).Value);

        // The other partitions go on; this one stays where it is.
        await stack.ProgressAsync();
        await stack.ProgressAsync();
        Assert.Equal(lost.First - 1, (await stack.Stores.LedgerAsync()).Where(row => (row.Chunk.Topic, row.Chunk.Partition) == Cut).Max(row => row.LastOffset));

        // What docs/OPERATIONS.md says: stop the workers, commit the log's start for the group, start them.
        Assert.Equal(0, await worker.StopAsync());
        CommitForGroup(stack, lost.Last + 1);
        worker = await stack.AddWorkerAsync();
        await stack.AssertReadyAsync();
        await stack.ProgressAsync();
        await stack.Load.StopAsync();
        await stack.CaughtUpAsync();

        // The ledger tells what is missing, and nothing else is.
        var faults = await stack.Stores.LedgerFaultsAsync();
        Assert.Contains(faults, fault => fault.Contains($"gap: offsets {lost.First} to {lost.Last} stand in no chunk", StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.Contains(Cut.Topic, fault, StringComparison.Ordinal));
        var found = await stack.Stores.RecountAsync();
        Assert.Equal(found.Accounts[Cut].Read, stack.EndOf(Cut) - (lost.Last - lost.First + 1));
        Assert.Equal([], await stack.Totals.StopAsync());
        stack.AssertNoneDied();
        Outcomes.Add(output, "committed offset below the log's start", string.Create(CultureInfo.InvariantCulture,
            $"halted and told, the others counted on; {lost.Last - lost.First + 1} lost records stand in the ledger as a gap once the loss was accepted"));
    }

    // While no worker runs: the load goes on, and all but the last records of the partition are deleted.
    private static async Task<(long First, long Last)> LoseRecordsAsync(ChaosStack stack)
    {
        var counted = (await stack.Stores.LedgerAsync()).Where(row => (row.Chunk.Topic, row.Chunk.Partition) == Cut).Max(row => row.LastOffset);
        await Eventually.HoldsAsync("there is more in the log than was counted", () => stack.EndOf(Cut) > counted + 100, stack.Form.Settling);
        var start = stack.EndOf(Cut) - 10;
        await stack.Broker.DeleteRecordsAsync(Cut.Topic, Cut.Partition, start);
        return (counted + 1, start - 1);
    }

    private static void CommitForGroup(ChaosStack stack, long offset)
    {
        NativeLibraries.Resolve(typeof(Library).Assembly);
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = stack.Broker.BootstrapServers, GroupId = ChaosStack.Group }).Build();
        consumer.Commit([new TopicPartitionOffset(Cut.Topic, Cut.Partition, offset)]);
    }
}
