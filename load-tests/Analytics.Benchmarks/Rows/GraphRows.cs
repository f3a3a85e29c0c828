using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Analytics.Local.ClickHouse;
using Analytics.Storage.Registry;

namespace Analytics.Benchmarks.Rows;

/// <summary>The graph in memory against the engine that people would otherwise group with.</summary>
internal static class GraphRows
{
    /// <summary>Ours ÷ ClickHouse's engine: the same Avro, grouped by tenant, minute, name, country and device, with uniques, two threads each.</summary>
    public static async Task<Row> AgainstClickHouseAsync(Clickstream clickstream, BenchFolder folder, ChdbConnection engine)
    {
        await using var ours = new GraphInMemory(clickstream, folder);
        var file = folder.Container(clickstream, EventSchemas.TextOf(Topics.Clickstream));
        await using var theirs = new ChdbContender(
            engine,
            $"SELECT concat(toString(sum(events)), ' events, ', toString(count()), ' groups, ', toString(sum(users)), ' users in them') FROM ({Groups(file, "uniqExact(user_id)")})",
            $"{Groups(file, "uniqCombined64(17)(user_id)")} SETTINGS max_threads = 2 FORMAT Null");
        return await Comparison.RunAsync("The graph in memory, two cores ÷ ClickHouse's GROUP BY with uniques, two threads", "events/s", clickstream.Count, ours, theirs);
    }

    private static string Groups(string file, string uniques) =>
        $"""
        SELECT tenant_id, toStartOfMinute(created_at) AS minute, name, country, device, count() AS events, {uniques} AS users
        FROM file('{file}', 'Avro')
        GROUP BY tenant_id, minute, name, country, device
        """;
}
