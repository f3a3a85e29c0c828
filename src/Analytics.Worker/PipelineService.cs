using Analytics.Hosting;
using Analytics.Storage.ClickHouse;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Writing;

namespace Analytics.Worker;

/// <summary>Runs the pump while the process lives. A failure of the path ends the process with exit code 1: what was not committed is replayed.</summary>
internal sealed class PipelineService(
    LogPump pump, LiveRebuild rebuild, ClickHouseMigrations migrations, ConfigWatch configs, StoreChecks stores, Health health, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<PipelineService> log) : BackgroundService
{
    private const string Part = "pipeline";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        health.Set(Part, HealthState.Unhealthy, "starting");
        health.Check("partitions", HealthState.Degraded, _ => CheckPartitions());
        stores.Add();

        // The pump blocks its thread in polls; the host's start must not wait for it.
        await Task.Yield();
        try
        {
            var retry = new Retry(time, Environment.ProcessId, log);
            await retry.UntilDoneAsync(
                "bring the history's tables up to date", () => migrations.ApplyAsync(stoppingToken), stoppingToken).ConfigureAwait(false);
            await retry.UntilDoneAsync("learn the config versions", () => configs.LookAsync(stoppingToken), stoppingToken).ConfigureAwait(false);
            health.Set(Part, HealthState.Healthy);
            await RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            health.Set(Part, HealthState.Unhealthy, "stopped");
        }
        catch (Exception failure)
        {
            health.Set(Part, HealthState.Unhealthy, failure.Message);
            Log.Fails(log, failure, failure.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    // What ends first ends both: the rebuild ends by itself with a bug only, which must not go unseen.
    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var pumping = pump.RunAsync(ended.Token);
        var rebuilding = rebuild.RunAsync(ended.Token);
        await Task.WhenAny(pumping, rebuilding).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await rebuilding.ConfigureAwait(false);
        await pumping.ConfigureAwait(false);
    }

    private Task CheckPartitions()
    {
        var states = pump.States.ToList();
        var said = states.Where(at => at.Problem is not null).OrderBy(at => at.State != ReaderState.Halted).Select(at => $"{at.Topic} [{at.Partition}]: {at.Problem}").ToList();
        if (states.Count(at => at.State == ReaderState.Paused && at.Problem is null) is > 0 and var paused)
        {
            said.Add($"{paused} partitions wait for the stores");
        }

        return said.Count > 0 ? throw new InvalidOperationException(string.Join("; ", said)) : Task.CompletedTask;
    }
}
