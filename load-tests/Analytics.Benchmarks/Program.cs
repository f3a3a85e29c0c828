using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Rows;
using Analytics.Benchmarks.Workloads;
using Analytics.Hosting;
using Analytics.Local.ClickHouse;

// Each row compares the same work on the same bytes; see Harness/Comparison.cs. `--quick` makes the workload small, to see that the rows run, and keeps nothing.
NativeLibraries.Resolve(typeof(Confluent.Kafka.Library).Assembly);
NativeLibraries.Resolve(typeof(ChdbEngine).Assembly);
var isQuick = args.Contains("--quick");
var count = isQuick ? 50_000 : 1_000_000;
Narration.Say($"making {count} events");
var clickstream = Clickstream.Make(count);
using var folder = new BenchFolder();
using var engine = ChdbEngine.Start(folder.PathOf("engine"));
using var connection = engine.Open();

List<Row> rows =
[
    await DecodingRows.AgainstAvscAsync(clickstream, folder),
    await DecodingRows.AgainstClickHouseAsync(clickstream, folder, connection),
    await GraphRows.AgainstClickHouseAsync(clickstream, folder, connection),
    await KafkaRows.AgainstBareDrainAsync(clickstream, folder),
];

if (!isQuick)
{
    Results.Write(Path.Combine(BenchFolder.Root, "load-tests/results/latest.json"), rows, TimeProvider.System);
    Results.WriteTable(Path.Combine(BenchFolder.Root, "README.md"), rows);
}

Console.WriteLine(Results.Table(rows));
