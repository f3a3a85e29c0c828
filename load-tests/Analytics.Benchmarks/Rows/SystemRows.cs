using System.Diagnostics;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Running;
using Analytics.Benchmarks.Workloads;
using Analytics.Testing;

namespace Analytics.Benchmarks.Rows;

/// <summary>The whole system with real worker processes. Producer, broker, stores and workers share the machine's cores.</summary>
internal static class SystemRows
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Row 13: how much a worker grows while ClickHouse takes connections and answers nothing.</summary>
    public static async Task<IReadOnlyList<Row>> StallAsync(Bench bench)
    {
        var (settle, stall, rate) = bench.Options.IsQuick ? (5, 5, 2_000) : (25, 60, 50_000);
        await using var plant = await Plant.StartAsync(bench);
        using var producing = new Producing(plant.Broker.BootstrapServers, Recent(bench), bench.Options.Partitions);
        using var stop = new CancellationTokenSource();
        await plant.AddWorkersAsync(1);
        var sending = producing.SendAtRateAsync(rate, stop.Token);
        await plant.UntilAcceptedAsync(1, Limit);
        Narration.Say($"13: {rate:N0} events/s for {settle} s, then ClickHouse stalls for {stall} s");
        var before = await PeakAsync(plant.Workers[0], TimeSpan.FromSeconds(settle));
        _ = plant.ToClickHouse.Begin(new ProxyFault.BlackHole());
        var during = await PeakAsync(plant.Workers[0], TimeSpan.FromSeconds(stall));
        plant.ToClickHouse.Heal();
        await stop.CancelAsync();
        await sending;
        var growth = Math.Max(0, during - before) / 1048576.0;
        Narration.Say($"13: {before / 1048576} MB before, {during / 1048576} MB at most while it stalled");
        return [new Row("13", $"growth of a worker's memory while ClickHouse stalls for {stall} s, {rate:N0} events/s", "MB", growth, growth, growth, Goal.Most(64, 16))];
    }

    /// <summary>Row 14 and the group's: workers read a backlog, then keep up at half of that pace while the probe looks.</summary>
    public static async Task<IReadOnlyList<Row>> GroupsAsync(Bench bench)
    {
        var rows = new List<Row>();
        foreach (var (workers, words) in new[] { (1, "1 worker"), (2, "2 workers"), (4, "4 workers") })
        {
            await using var plant = await Plant.StartAsync(bench);
            var (capacity, cpu) = await BacklogAsync(bench, plant, workers);
            var fresh = await FreshnessAsync(bench, plant, capacity / 2);
            var (p99, suffix) = (Median.Quantile(fresh, 0.99), workers == 1 ? "" : " " + words);
            rows.Add(new Row("14" + suffix, $"freshness, produced → readable in Redis, at half of capacity, p99, {words}", "ms", p99, fresh.Min(), fresh.Max(), workers == 1 ? Goal.Most(1_000, 250) : null));
            rows.Add(new Row("15 " + words, $"whole system, real processes, {words} in the group", "events/s", capacity, capacity, capacity, null, new Side(capacity, "events/s", cpu)));
        }

        return rows;
    }

    private static Clickstream Recent(Bench bench) =>
        Clickstream.Make(bench.Options.Events, Shape.Live, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 300_000);

    // Once every worker has had a workload's records of its own: by then partitions are assigned, and the code of each process is compiled for good, which takes it a second
    // or two of CPU. A record counts when both stores have it: what is only counted waits in memory, and a pace that lives on that is none that lasts.
    private static async Task<(double PerSecond, double CpuMicroseconds)> BacklogAsync(Bench bench, Plant plant, int workers)
    {
        var warmUp = bench.Options.Events * (long)workers;
        var backlog = warmUp + (bench.Options.Events * 2L);
        using (var producing = new Producing(plant.Broker.BootstrapServers, Recent(bench), bench.Options.Partitions))
        {
            producing.SendMany(backlog);
        }

        await plant.AddWorkersAsync(workers);
        var first = await plant.UntilStoredAsync(warmUp, Limit);
        var (started, cpu) = (Stopwatch.GetTimestamp(), plant.WorkerCpu);
        await plant.UntilStoredAsync(backlog, Limit);
        var (seconds, used) = (Stopwatch.GetElapsedTime(started).TotalSeconds, plant.WorkerCpu - cpu);
        Narration.Say($"14: {workers} workers stored {(backlog - first) / seconds:N0} events/s");
        return ((backlog - first) / seconds, used / (backlog - first) * 1e6);
    }

    private static async Task<IReadOnlyList<double>> FreshnessAsync(Bench bench, Plant plant, double rate)
    {
        using var producing = new Producing(plant.Broker.BootstrapServers, Recent(bench), bench.Options.Partitions);
        using var stop = new CancellationTokenSource();
        var sending = producing.SendAtRateAsync(rate, stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);
        var fresh = await FreshnessProbe.MeasureAsync(producing, plant.Stores.Database, TimeSpan.FromSeconds(bench.Options.IsQuick ? 3 : 20));
        await stop.CancelAsync();
        await sending;
        Narration.Say($"14: at {rate:N0} events/s readable after {Median.Of(fresh):0} ms, p99 {Median.Quantile(fresh, 0.99):0} ms");
        return fresh;
    }

    private static async Task<long> PeakAsync(WorkerProcess worker, TimeSpan duration)
    {
        var peak = 0L;
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < duration;)
        {
            peak = Math.Max(peak, worker.ResidentBytes);
            await Task.Delay(200, CancellationToken.None);
        }

        return peak;
    }
}
