using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Registry;
using Analytics.Worker;

namespace Analytics.Benchmarks.Sinks;

/// <summary>Our side of the ClickHouse sink: the worker's writer sends the rows of a chunk, ledger row included. CPU is ours and ClickHouse's together.</summary>
internal sealed class HistorySink(RealStores stores, Clickstream records, SchemaRegistryClient registry) : IContender
{
    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return await ContentOfAsync(stores.Client);
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        await stores.ClearAsync();
        var outputs = await CapturedOutputs.MakeAsync(records, registry);
        using var metrics = new WorkerMetrics();
        using var writers = new WorkerWriters(stores, new NoReceipts(), outputs.Lanes, metrics, DateTimeOffset.FromUnixTimeMilliseconds(records.End));
        var (stretch, cpu) = (Stretch.Start(), stores.ClickHouseCpu);
        foreach (var output in outputs.All)
        {
            await writers.History.WriteAsync(output, CancellationToken.None);
        }

        await writers.History.CompleteAsync(CancellationToken.None);
        var timing = stretch.End();
        return timing with { CpuSeconds = timing.CpuSeconds + stores.ClickHouseCpu - cpu };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the tables hold, as counts and sums that any difference in a row changes.</summary>
    public static async Task<string> ContentOfAsync(ClickHouseClient client)
    {
        var parts = new List<string>();
        foreach (var (table, check) in new[]
        {
            ("events", "sum(cityHash64(*))"), ("cells", "sum(cityHash64(*))"), ("product_cells", "sum(cityHash64(*))"),
            ("uniques", "uniqCombined64Merge(17)(users)"), ("session_cells", "sum(cityHash64(*))"),
        })
        {
            parts.Add((await client.QueryAsync($"SELECT toString(count()), toString({check}) FROM {table}", row => $"{table} {row[0]} {row[1]}"))[0]);
        }

        return string.Join(", ", parts);
    }
}

/// <summary>The reference for the ClickHouse sink: the engine reads the same blocks from a file and inserts them itself, table after table.</summary>
internal sealed class NativeFileInsert : IContender
{
    private readonly RealStores _stores;
    private readonly List<string> _inserts = [];

    private NativeFileInsert(RealStores stores) => _stores = stores;

    /// <summary>Writes the blocks to files.</summary>
    public static async Task<(NativeFileInsert Contender, long Rows)> PrepareAsync(RealStores stores, Clickstream records, SchemaRegistryClient registry, BenchFolder folder)
    {
        var outputs = await CapturedOutputs.MakeAsync(records, registry);
        var contender = new NativeFileInsert(stores);
        foreach (var shape in RealStores.Written)
        {
            var blocks = outputs.BlocksOf(shape).ToList();
            if (blocks.Count > 0)
            {
                var path = folder.PathOf(shape.Table + ".native");
                await using var file = File.Create(path);
                foreach (var part in blocks.SelectMany(block => block.Parts()))
                {
                    await file.WriteAsync(part);
                }

                var names = string.Join(", ", shape.Columns.Select(column => column.Name));
                contender._inserts.Add($"INSERT INTO {shape.Table} ({names}) SELECT {shape.Select ?? names} FROM file('{path}', 'Native') SETTINGS optimize_on_insert = 0");
            }
        }

        var rows = outputs.Rows;
        foreach (var table in outputs.All.SelectMany(output => output.Tables))
        {
            table.Dispose();
        }

        return (contender, rows);
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return await HistorySink.ContentOfAsync(_stores.Client);
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        await _stores.ClearAsync();
        var (stretch, cpu) = (Stretch.Start(), _stores.ClickHouseCpu);
        foreach (var insert in _inserts)
        {
            await _stores.Client.ExecuteAsync(insert);
        }

        return stretch.End() with { CpuSeconds = _stores.ClickHouseCpu - cpu };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
