using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Analytics.Local.ClickHouse;
using Analytics.Storage.Registry;

namespace Analytics.Benchmarks.Rows;

/// <summary>Avro → columns, against the two decoders that people would use instead.</summary>
internal static class DecodingRows
{
    /// <summary>Ours ÷ npm avsc, each on one thread.</summary>
    public static async Task<Row> AgainstAvscAsync(Clickstream clickstream, BenchFolder folder)
    {
        await using var ours = new ColumnDecoding(clickstream);
        await using var avsc = new ChildContender(
            "node",
            Path.Combine(BenchFolder.Root, "load-tests/Analytics.Benchmarks/References/avsc.mjs"),
            Path.Combine(BenchFolder.Root, "tests/clients"),
            Path.Combine(BenchFolder.Root, $"schemas/avro/{Topics.Clickstream}.avsc"),
            folder.Framed(clickstream));
        return await Comparison.RunAsync(new Subject("1", "Avro → columns, one core ÷ avsc", clickstream.Count, Goal.Least(12, 25)), ours, avsc);
    }

    /// <summary>Ours ÷ the ClickHouse engine reading the same records from an Avro file, all columns, one thread each.</summary>
    public static async Task<Row> AgainstClickHouseAsync(Clickstream clickstream, BenchFolder folder, ChdbConnection engine)
    {
        await using var ours = new ColumnDecoding(clickstream);
        var file = $"file('{folder.Container(clickstream, EventSchemas.TextOf(Topics.Clickstream))}', 'Avro')";
        await using var theirs = new ChdbContender(
            engine,
            $"""
            SELECT concatWithSeparator(' ', count(), sum(tenant_id), sum(toInt128(toUnixTimestamp64Milli(created_at))), sum(length(user_id)),
                sum(length(name)), countIf(country IS NOT NULL), sum(length(ifNull(product_id, ''))))
            FROM {file}
            """,
            $"SELECT * FROM {file} SETTINGS max_threads = 1, max_parsing_threads = 1 FORMAT Null");
        return await Comparison.RunAsync(
            new Subject("2", "Avro → columns, one core ÷ ClickHouse's engine, one thread", clickstream.Count, Goal.Least(4, 10)), ours, theirs);
    }
}
