using System.Globalization;
using Analytics.Storage.ClickHouse;

namespace Analytics.Benchmarks.Asking;

/// <summary>What questions are asked about: two months of cells of 1,000 tenants, and a month of raw events of the first, made by ClickHouse itself.</summary>
/// <remarks>The first tenant has a tenth of all cells. Rows come a day at a time, as parts of one day each, and are merged by nobody: as a busy day leaves them.</remarks>
internal static class AskedData
{
    /// <summary>Tenants.</summary>
    public const int Tenants = 1_000;

    /// <summary>The one with most cells, and all raw events.</summary>
    public const int Largest = 1;

    /// <summary>One in the middle: half of the tenants have fewer cells.</summary>
    public const int Middle = 500;

    private const int CellDays = 60;
    private const int EventDays = 30;

    /// <summary>Fills the tables, up to this minute.</summary>
    public static async Task FillAsync(ClickHouseClient client, long cells, long events, DateTimeOffset now)
    {
        for (var day = 0; day < CellDays; day++)
        {
            await client.ExecuteAsync(CellsOf(now.AddDays(day - CellDays), cells / CellDays, day));
        }

        for (var day = 0; day < EventDays; day++)
        {
            await client.ExecuteAsync(EventsOf(now.AddDays(day - EventDays), events / EventDays, day));
        }
    }

    /// <summary>Rolls all up that is whole, as <c>analytics rollup run</c> does. The made cells are so varied that nearly every one has a row of its own there too: what is won is the order of the rows, not their number.</summary>
    public static async Task RollUpAsync(ClickHouseClient client) =>
        _ = await new RollUp(client, TimeProvider.System).RunAsync(isWhole: true, CancellationToken.None) ?? throw new InvalidOperationException("Expected cells to roll up; found none.");

    // Cubes of even numbers: few tenants have much, most have little.
    private static string CellsOf(DateTimeOffset start, long rows, int day) => $"""
        INSERT INTO cells (tenant, window, name, country, device, source, currency, epoch, kafka_partition, chunk, ver, events, units, revenue, keep_until)
        SELECT 1 + toUInt64(pow(rand(1) / 4294967296, 3) * {Tenants}), toStartOfMinute({At(start)} + rand(2) % 86400) AS window,
            ['page_view', 'page_view', 'page_view', 'product_view', 'product_view', 'add_to_cart', 'order_placed'][1 + rand(3) % 7] AS name,
            ['DE', 'FR', 'US', 'GB', 'IT', 'ES', 'AT', 'CH'][1 + rand(4) % 8], ['mobile', 'desktop', 'tablet'][1 + rand(5) % 3], ['direct', 'search', 'social', 'email'][1 + rand(6) % 4],
            if(name = 'order_placed', 'EUR', ''), 1, number % 4, {day} * {rows} + number, 1, 1 + rand(7) % 5, if(name = 'order_placed', 2, 0), if(name = 'order_placed', 1000 + rand(8) % 9000, 0),
            window + INTERVAL 400 DAY
        FROM numbers({rows}) SETTINGS optimize_on_insert = 0, max_partitions_per_insert_block = 100
        """;

    // Some of the last digits of an event's milliseconds name its kind, so that two events of different names never share a millisecond: there windowFunnel goes by the
    // number of the step, whatever came first, and a funnel of ours by the log (docs/decisions/0018). An event's time is a whole number of milliseconds, made as
    // one: ClickHouse drops the fraction of what is added to a time.
    private static string EventsOf(DateTimeOffset start, long rows, int day) => $"""
        INSERT INTO events (tenant, day, name, event_id, event_time, created_at, kafka_time, user_id, session_id, country, device, source, url, epoch, topic, kafka_partition, kafka_offset, chunk, keep_until)
        WITH 1 + rand(3) % 7 AS kind
        SELECT {Largest}, toDate(event_time), ['page_view', 'page_view', 'page_view', 'product_view', 'product_view', 'add_to_cart', 'order_placed'][kind],
            generateUUIDv4(), fromUnixTimestamp64Milli({start.ToUnixTimeSeconds()}000 + (rand(2) % 86400) * 1000 + (rand(9) % 125) * 8 + kind, 'UTC') AS event_time, event_time, event_time,
            concat('user-', toString(rand(1) % 400000)), concat('s-', toString(rand(1) % 400000)), ['DE', 'FR', 'US', 'GB'][1 + rand(4) % 4], ['mobile', 'desktop'][1 + rand(5) % 2], 'direct',
            concat('https://shop.example/c/', toString(rand(6) % 500)), 1, 'clickstream-events', 0, {day} * {rows} + number, 0, toDateTime('2100-01-01 00:00:00', 'UTC')
        FROM numbers({rows}) SETTINGS optimize_on_insert = 0, max_partitions_per_insert_block = 100
        """;

    private static string At(DateTimeOffset instant) => string.Create(CultureInfo.InvariantCulture, $"toDateTime({instant.ToUnixTimeSeconds()}, 'UTC')");
}
