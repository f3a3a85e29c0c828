using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class TableShapeTests
{
    [Fact]
    public async Task Partitions_are_told_apart_as_the_schema_does()
    {
        var server = await ClickHouseServer.SharedAsync();
        using var client = new ClickHouseClient(
            new ClickHouseOptions { Url = server.Url, Database = "shapes_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(client, TimeProvider.System).ApplyAsync();
        foreach (var shape in new[] { Tables.Cells, Tables.ProductCells, Tables.Uniques, Tables.Events })
        {
            var time = shape.PartitionedBy == PartitionedBy.Day ? "window" : "day";
            var key = Assert.Single(await client.QueryAsync(
                "SELECT partition_key FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
                row => row[0].GetString()!, new Dictionary<string, object?> { ["table"] = shape.Table }));
            var partitions = await client.QueryAsync(
                $"""
                SELECT toInt64(toUnixTimestamp(at)), toInt64(toUnixTimestamp(keep)), toInt64({key})
                FROM (SELECT at, keep, keep AS keep_until, at AS window, toDate(at, 'UTC') AS day FROM (
                    SELECT toDateTime(86400 * (400 + number * 37), 'UTC') AS at, toDateTime(least(toInt64(at) + 86400 * (number % 1200), 4294967295), 'UTC') AS keep
                    FROM numbers(1300)))
                """,
                row => (At: row[0].GetInt64(), Keep: row[1].GetInt64(), Partition: row[2].GetInt64()));
            Assert.Equal(1_300, partitions.Count);
            var pairs = partitions.GroupBy(row => shape.PartitionOf(row.At, row.Keep)).ToArray();
            Assert.All(pairs, same => Assert.Single(same.Select(row => row.Partition).Distinct()));
            Assert.Equal(partitions.Select(row => row.Partition).Distinct().Count(), pairs.Length);
            Assert.Contains(time, key, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_insert_names_its_columns_and_what_is_computed_on_arrival()
    {
        Assert.StartsWith("INSERT INTO cells (tenant, window, name, ", Tables.Cells.Insert, StringComparison.Ordinal);
        Assert.EndsWith(") FORMAT Native", Tables.Cells.Insert, StringComparison.Ordinal);
        Assert.Contains("window DateTime(\\'UTC\\')", Tables.Uniques.Insert, StringComparison.Ordinal);
    }

    [Fact]
    public void Days_and_months_never_share_an_insert()
    {
        using var rows = new TableRows(Tables.Cells, 1_000_000);
        Assert.NotSame(rows.BlockAt(0, TableShape.DailyFor), rows.BlockAt(0, TableShape.DailyFor + 1));
        Assert.Same(rows.BlockAt(0, 0), rows.BlockAt(86_400, 0));
    }
}
