using System.Globalization;
using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Rows;
using Analytics.Benchmarks.Workloads;
using Analytics.Hosting;
using Analytics.Local.ClickHouse;

// Each row compares the same work on the same bytes; see Harness/Comparison.cs, and Harness/BenchOptions.cs for what may be asked.
NativeLibraries.Resolve(typeof(Confluent.Kafka.Library).Assembly);
NativeLibraries.Resolve(typeof(ChdbEngine).Assembly);
if (args is [Children.Verb, "graph", var lanes, var events])
{
    using var files = new BenchFolder();
    using var registry = files.Registry();
    var records = Clickstream.Make(int.Parse(events, CultureInfo.InvariantCulture), Shape.Live);
    await using var graph = new GraphInMemory([records], registry, new WorkerOptions(int.Parse(lanes, CultureInfo.InvariantCulture)));
    await Children.ServeAsync(graph);
    return 0;
}

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (ArgumentException refused)
{
    Console.Error.WriteLine(refused.Message);
    return 2;
}

Comparison.Pairs = options.IsQuick ? 1 : Comparison.Pairs;
await using var bench = new Bench(options);
return await BenchRun.RunAsync(bench);
