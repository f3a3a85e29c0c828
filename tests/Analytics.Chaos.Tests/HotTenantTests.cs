using System.Globalization;
using Analytics.Chaos.Tests.Running;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: one tenant's flood does not hurt the others. Method: a tenant sends events that each have a name, product and campaign of their own.</summary>
public sealed class HotTenantTests(ITestOutputHelper output)
{
    private const long Flooding = 900;

    [Fact]
    public async Task A_tenant_with_half_of_the_traffic_and_one_with_ever_new_values_leave_the_totals_exact_and_the_worker_small()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Settings = new Dictionary<string, string> { ["Consuming__ChunkSize"] = "65536" } });
        var worker = stack.Workers[0];
        await using var memory = MemoryWatch.FromStart(worker);
        await stack.Load.FloodAsync(Flooding, stack.Form.DistinctValues);
        var caughtUp = await stack.CaughtUpAsync();
        await stack.ProgressAsync();
        var growth = await memory.GrowthAsync();
        await stack.AssertExactAsync(folded: Flooding);
        await stack.AssertReadyAsync();
        Outcomes.Add(output, "a tenant with half of the traffic, one with ever new values", string.Create(CultureInfo.InvariantCulture,
            $"{stack.Form.DistinctValues:N0} distinct names and products, caught up in {caughtUp.TotalSeconds:0.0} s, memory grew {growth:0} MiB: totals exact"));
        Assert.True(growth <= stack.Form.MostFloodGrowth, $"Memory grew by {growth:0} MiB.");
    }
}
