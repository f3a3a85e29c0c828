using Analytics.Chaos.Tests.Running;
using Analytics.Testing;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: a registry that is away is never a verdict. Method: a proxy before it, and PostgreSQL behind it stopped.</summary>
public sealed class RegistryFaultTests(ITestOutputHelper output)
{
    [Fact]
    public async Task While_the_registry_or_PostgreSQL_is_away_known_schemas_flow_and_unknown_ones_wait()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { OwnRegistry = true, UnknownSchemas = false });
        var worker = stack.Workers[0];
        await stack.CaughtUpAsync();
        foreach (var fault in new ProxyFault[]
        {
            new ProxyFault.Refused(), new ProxyFault.Answered(503, "no backend"), new ProxyFault.Answered(404, "<html>not found</html>"), new ProxyFault.Slow(TimeSpan.FromSeconds(3)),
        })
        {
            _ = stack.ToRegistry.Begin(fault);
            await stack.ProgressAsync();
        }

        // A record of an unknown schema needs an answer now: nothing may be rejected for want of it, and it holds nothing but its own partition.
        (stack.Load.Plan.UnknownSchemas, stack.Load.Plan.UnknownIn) = (true, 0);
        await stack.ToRegistry.Begin(new ProxyFault.Answered(503, "no backend")).WaitAsync(stack.Form.Settling);
        await stack.ReadinessAsync(worker, "readiness says that the registry is away", readiness => readiness["registry"] is { State: "degraded" });
        await stack.ReadinessAsync(worker, "readiness says which partition waits, and for what", readiness =>
            readiness["partitions"] is { State: "degraded", Detail: "clickstream-events [0]: waits for schema 900001: the registry, or PostgreSQL, has not said yet what the chunk goes by" });
        await ChaosStack.GoOnAsync(stack.Form.ShortFault);
        await stack.ProgressAsync();
        stack.Load.Plan.UnknownIn = null;
        stack.ToRegistry.Heal();
        await stack.ReadinessAsync(worker, "readiness says that the registry is back", readiness => readiness["registry"] is { State: "healthy" });

        await stack.Postgres!.StopAsync();
        await ChaosStack.GoOnAsync(stack.Form.ShortFault);
        await stack.Postgres.RestartAsync();
        await stack.ProgressAsync();
        await stack.AssertExactAsync();
        await stack.AssertReadyAsync();
        Outcomes.Add(output, "registry refused, 503, foreign 404, slow; PostgreSQL stopped", "known schemas flowed, an unknown one held its partition until the registry's own 404: totals exact");
    }

    [Fact]
    public async Task A_worker_that_starts_while_the_registry_is_away_reads_the_schemas_that_it_kept()
    {
        var folder = Directory.CreateTempSubdirectory("analytics-schemas-").FullName;
        try
        {
            var settings = new Dictionary<string, string> { ["SchemaRegistry__CacheFolder"] = folder };
            await using var stack = await ChaosStack.StartAsync(new StackPlan { UnknownSchemas = false, Settings = settings });
            await stack.CaughtUpAsync();
            _ = stack.ToRegistry.Begin(new ProxyFault.Refused());
            await stack.Workers[0].KillAsync();
            await stack.AddWorkerAsync();
            await stack.ProgressAsync();
            stack.ToRegistry.Heal();
            await stack.AssertExactAsync();
            Outcomes.Add(output, "worker started while the registry is away", "schemas from its folder: totals exact");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
