using Analytics.Benchmarks.Assembling;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Analytics.Storage.Registry;

namespace Analytics.Benchmarks.Rows;

/// <summary>The graph in memory against what people would otherwise group with, and against itself.</summary>
internal static class GraphRows
{
    /// <summary>Row 3, and the same with a row for each event, and with an import.</summary>
    public static async Task<IReadOnlyList<Row>> AgainstClickHouseAsync(Bench bench) =>
    [
        await AgainstClickHouseAsync(bench, "3", "the graph in memory, two cores ÷ ClickHouse's engine, GROUP BY with uniques, two threads", bench.Live, new WorkerOptions(), Goal.Least(4, 8)),
        await AgainstClickHouseAsync(bench, "3 rows", "the same, with session cells and a row of the table events for every record", bench.Live, new WorkerOptions(RawRows: true, Sessions: true), null),
        await AgainstClickHouseAsync(bench, "3 import", "the graph in memory ÷ ClickHouse's engine, workload import", bench.Import, new WorkerOptions(), null),
    ];

    /// <summary>Row 4. Two partitions, as in row 3: one alone keeps to one strand, and so for the most part to one core. The other graph knows no partitions.</summary>
    public static async Task<IReadOnlyList<Row>> AgainstNaiveAsync(Bench bench)
    {
        await using var ours = new GraphInMemory(bench.Live.Split(2), bench.Registry, new WorkerOptions());
        await using var naive = new NaiveGraph(bench.Live);
        return [await Comparison.RunAsync(new Subject("4", "the graph in memory ÷ a Dataflow graph of single events", bench.Live.Count, Goal.Least(15, 40)), ours, naive)];
    }

    /// <summary>Row 5. Two partitions, so that the loops have one each. Processes of their own: in one, each side's methods would be compiled for what both do with them.</summary>
    public static Task<IReadOnlyList<Row>> AgainstLoopsAsync(Bench bench) => ApartAsync(
        bench, "5", "the graph in memory ÷ the same steps as plain loops, a thread for each of two partitions", Goal.Least(0.95, 0.98), ("0,1", "graph", 2), ("0,1", "loops", 2));

    /// <summary>Row 12: both sides in processes of their own, which see as many cores as they may use.</summary>
    public static Task<IReadOnlyList<Row>> CoresAsync(Bench bench) => ApartAsync(
        bench, "12", "the graph in memory, 2 lanes on 2 cores ÷ 1 lane on 1", Goal.Least(1.6, 1.95), ("0,1", "graph", 2), ("0", "graph", 1));

    private static async Task<IReadOnlyList<Row>> ApartAsync(
        Bench bench, string number, string name, Goal goal, (string Cores, string Kind, int Lanes) own, (string Cores, string Kind, int Lanes) other)
    {
        await using var ours = Child(own);
        await using var reference = Child(other);
        return [await Comparison.RunAsync(new Subject(number, name, bench.Options.Events, goal, Closeness: 3), ours, reference)];

        ChildContender Child((string Cores, string Kind, int Lanes) of) => ChildContender.OnCores(of.Cores, of.Kind, $"{of.Lanes}", $"{bench.Options.Events}");
    }

    private static async Task<Row> AgainstClickHouseAsync(Bench bench, string number, string name, Clickstream records, WorkerOptions worker, Goal? goal)
    {
        await using var ours = new GraphInMemory(records.Split(2), bench.Registry, worker);
        var file = bench.Folder.Container(records, EventSchemas.TextOf(Topics.Clickstream));
        await using var theirs = new ChdbContender(
            bench.Engine,
            $"""
            SELECT concat(toString(sum(events)), ' events, ', toString(count()), ' groups, ', toString(sum(users)), ' users and ', toString(sum(sessions)), ' sessions in them')
            FROM ({Groups(file, "uniqExact")})
            """,
            $"{Groups(file, "uniqCombined64(17)")} SETTINGS max_threads = 2 FORMAT Null");
        return await Comparison.RunAsync(new Subject(number, name, records.Count, goal), ours, theirs);
    }

    // As the table uniques counts them: users, and sessions of a user.
    private static string Groups(string file, string uniques) =>
        $"""
        SELECT tenant_id, toStartOfMinute(created_at) AS minute, name, country, device, count() AS events,
            {uniques}(user_id) AS users, {uniques}(user_id, session_id) AS sessions
        FROM file('{file}', 'Avro')
        GROUP BY tenant_id, minute, name, country, device
        """;
}
