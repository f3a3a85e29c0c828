using System.Globalization;
using Analytics.Benchmarks.Asking;
using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Rows;
using Analytics.Benchmarks.Workloads;
using Analytics.Hosting;
using Analytics.Local.ClickHouse;

// Each row compares the same work on the same bytes; see Harness/Comparison.cs, and Harness/BenchOptions.cs for what may be asked.
NativeLibraries.Resolve(typeof(Confluent.Kafka.Library).Assembly);
NativeLibraries.Resolve(typeof(ChdbEngine).Assembly);
if (args is [BareKestrel.Verb, var address, var file])
{
    await BareKestrel.ServeAsync(address, file);
    return 0;
}

if (args is [Children.Verb, var kind, .. var settings])
{
    using var files = new BenchFolder();
    using var registry = files.Registry();
    var numbers = Array.ConvertAll(settings, setting => int.Parse(setting, CultureInfo.InvariantCulture));
    await using IContender contender = (kind, numbers) switch
    {
        ("graph", [var lanes, var events]) => new GraphInMemory(Clickstream.Make(events, Shape.Live).Split(2), registry, new WorkerOptions(lanes)),
        ("loops", [var lanes, var events]) => new PlainLoops(Clickstream.Make(events, Shape.Live).Split(2), registry, new WorkerOptions(lanes)),
        ("tenants", [var events]) => new TenantState.Contender(registry, events),
        _ => throw new ArgumentException($"expected graph or tenants with their numbers, found {string.Join(' ', args)}"),
    };
    await Children.ServeAsync(contender);
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
