using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Rows;
using Analytics.Benchmarks.Workloads;
using Analytics.Hosting;
using Analytics.Local.ClickHouse;

// Each row compares the same work on the same bytes; see Harness/Comparison.cs. `--quick` makes the workload small, to see that the rows run.
NativeLibraries.Resolve(typeof(Confluent.Kafka.Library).Assembly);
NativeLibraries.Resolve(typeof(ChdbEngine).Assembly);
var count = args.Contains("--quick") ? 50_000 : 500_000;
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

Results.Write(Path.Combine(BenchFolder.Root, "load-tests/results/latest.json"), rows, TimeProvider.System);
Console.WriteLine(Results.Table(rows));
