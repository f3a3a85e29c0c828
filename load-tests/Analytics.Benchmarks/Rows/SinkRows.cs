using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Sinks;

namespace Analytics.Benchmarks.Rows;

/// <summary>The writers against the stores' own means of bringing the same rows in, and the whole system against itself without sinks.</summary>
internal static class SinkRows
{
    /// <summary>Row 9.</summary>
    public static async Task<IReadOnlyList<Row>> HistoryAsync(Bench bench)
    {
        var stores = await bench.StoresAsync();
        var (reference, rows) = await NativeFileInsert.PrepareAsync(stores, bench.Live, bench.Registry, bench.Folder);
        await using var ours = new HistorySink(stores, bench.Live, bench.Registry);
        var row = await Comparison.RunAsync(
            new Subject("9", "ClickHouse sink ÷ INSERT … SELECT of the same blocks from Native files", rows, Goal.Least(0.7, 0.9), "rows/s"), ours, reference);
        var (perEvent, disk) = ((double)rows / bench.Live.Count, await DiskAsync(stores) / bench.Live.Count);
        return
        [
            row,
            new Row(CostTable.RowsPerEvent, "rows of the history for an event, over all tables", "", perEvent, perEvent, perEvent, null),
            new Row(CostTable.BytesPerEvent, "disk for an event, over all tables, compressed", "B", disk, disk, disk, null),
        ];
    }

    private static async Task<double> DiskAsync(RealStores stores) => (await stores.Client.QueryAsync(
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()", row => row[0].GetDouble()))[0];

    /// <summary>Row 10.</summary>
    public static async Task<IReadOnlyList<Row>> LiveAsync(Bench bench)
    {
        var stores = await bench.StoresAsync();
        await using var ours = new LiveSink(stores, bench.Live, bench.Registry);
        var commands = bench.Folder.PathOf("redis.commands");
        await File.WriteAllBytesAsync(commands, await ours.RecordAsync());
        var keys = await ours.CountKeysAsync();
        await using var reference = new RedisPipe(stores, commands);
        return [await Comparison.RunAsync(new Subject("10", "Redis sink ÷ redis-cli --pipe of the very same commands", keys, Goal.Least(0.7, 0.9), "keys/s"), ours, reference)];
    }

    /// <summary>Row 11.</summary>
    public static async Task<IReadOnlyList<Row>> WholeAsync(Bench bench)
    {
        var (stores, topic) = (await bench.StoresAsync(), await bench.TopicAsync());
        await using var whole = new KafkaPath(topic, bench.Registry, new WorkerOptions(RawRows: true), stores);
        await using var without = new KafkaPath(topic, bench.Registry, new WorkerOptions());
        return [await Comparison.RunAsync(new Subject("11", "Kafka → ClickHouse and Redis, all rows ÷ Kafka → closed cells", topic.Records, Goal.Least(0.7, 0.95)), whole, without)];
    }
}
