using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse;

/// <summary>The figures of a tenant over time, from <c>cells</c> and <c>uniques</c>.</summary>
/// <remarks>Any thread. <see cref="ClickHouseUnavailableException"/> passes.</remarks>
public sealed class HistoryQueries(ClickHouseClient client)
{
    private const string CellsWhere =
        "FROM cells FINAL WHERE tenant = {tenant:UInt64} AND window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} AND is_bot <= {bots:UInt8}";

    // A stock level has no user.
    private const string UniquesWhere =
        "FROM uniques WHERE tenant = {tenant:UInt64} AND window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} AND is_bot <= {bots:UInt8} "
        + "AND name != 'stock_level'";

    private const string Sums =
        """
        sumIf(revenue, name = 'order_placed' AND currency = {currency:String}),
        sumIf(discount, name = 'order_placed' AND currency = {currency:String}),
        sumIf(revenue, name = 'order_refunded' AND currency = {currency:String}),
        sumIf(events, name = 'order_placed'),
        sumIf(events, name = 'order_cancelled'),
        sumIf(events, name = 'order_refunded'),
        sumIf(units, name = 'order_placed'),
        sumIf(events, name = 'page_view'),
        sumIf(events, name = 'add_to_cart'),
        sumIf(events, name = 'checkout_start')
        """;

    private const string Unions = "uniqCombined64MergeIf(17)(users, name = 'order_placed'), uniqCombined64Merge(17)(users)";

    /// <summary>From the first minute with an event to the end of the last; null for a tenant without any.</summary>
    public async Task<TimeRange?> ExtentAsync(long tenant, CancellationToken cancel)
    {
        var rows = await client.QueryAsync(
            "SELECT toUnixTimestamp(min(window)), toUnixTimestamp(max(window)), count() FROM cells WHERE tenant = {tenant:UInt64}",
            row => (First: row[0].GetInt64(), Last: row[1].GetInt64(), Count: row[2].GetInt64()),
            new Dictionary<string, object?> { ["tenant"] = tenant },
            cancel: cancel).ConfigureAwait(false);
        return rows is [{ Count: > 0 } found]
            ? new TimeRange(DateTimeOffset.FromUnixTimeSeconds(found.First), DateTimeOffset.FromUnixTimeSeconds(found.Last).AddMinutes(1))
            : null;
    }

    /// <summary>The figures of the whole range.</summary>
    public async Task<Measures> TotalsAsync(FigureScope scope, CancellationToken cancel)
    {
        var sums = Ask($"SELECT 0, {Sums} {CellsWhere}", scope, SumsOf, cancel);
        var unions = Ask($"SELECT 0, {Unions} {UniquesWhere}", scope, UnionsOf, cancel);
        return WithUnions((await sums.ConfigureAwait(false)).Single().Value, (await unions.ConfigureAwait(false)).Single().Value);
    }

    /// <summary>The figures of every bucket of the range in which something happened, by the bucket's start.</summary>
    public async Task<SortedDictionary<DateTimeOffset, Measures>> PointsAsync(FigureScope scope, Granularity granularity, CancellationToken cancel)
    {
        var bucket = BucketSql.Number(granularity, "window");
        var sums = Ask($"SELECT {bucket} AS bucket, {Sums} {CellsWhere} GROUP BY bucket", scope, SumsOf, cancel);
        var unions = Ask($"SELECT {bucket} AS bucket, {Unions} {UniquesWhere} GROUP BY bucket", scope, UnionsOf, cancel);
        var points = new SortedDictionary<DateTimeOffset, Measures>();
        foreach (var (number, measures) in await sums.ConfigureAwait(false))
        {
            points[BucketSql.StartOf(number, granularity, scope.Zone)] = measures;
        }

        foreach (var (number, measures) in await unions.ConfigureAwait(false))
        {
            var start = BucketSql.StartOf(number, granularity, scope.Zone);
            points[start] = WithUnions(points.GetValueOrDefault(start, Measures.None), measures);
        }

        return points;
    }

    /// <summary>The events, of any name, of every minute of the range in which there were some.</summary>
    public async Task<IReadOnlyDictionary<DateTimeOffset, long>> EventsByMinuteAsync(FigureScope scope, CancellationToken cancel)
    {
        var rows = await client.QueryAsync(
            $"SELECT toUnixTimestamp(window) AS bucket, sum(events) {CellsWhere} GROUP BY bucket",
            row => (Bucket: row[0].GetInt64(), Events: row[1].GetInt64()),
            scope.Parameters(),
            FigureScope.Settings,
            cancel).ConfigureAwait(false);
        return rows.ToDictionary(row => DateTimeOffset.FromUnixTimeSeconds(row.Bucket), row => row.Events);
    }

    /// <summary>
    /// Up to when events have been written; null before the first. The least, over the partitions, of the latest event time of the partition's ledger
    /// rows; a partition without news in the last two minutes of the log counts as drained, because an idle one would hold the answer back for ever.
    /// </summary>
    public async Task<DateTimeOffset?> CompleteThroughAsync(CancellationToken cancel)
    {
        var rows = await client.QueryAsync(
            """
            SELECT toUnixTimestamp64Milli(min(latest)), count() FROM
            (
                SELECT latest, max(latest) OVER () AS last FROM
                (SELECT assumeNotNull(max(max_event_time)) AS latest FROM ledger FINAL WHERE max_event_time IS NOT NULL GROUP BY topic, epoch, kafka_partition)
            )
            WHERE latest >= last - INTERVAL 2 MINUTE
            """,
            row => (Milliseconds: row[0].GetInt64(), Partitions: row[1].GetInt64()),
            settings: FigureScope.Settings,
            cancel: cancel).ConfigureAwait(false);
        return rows is [{ Partitions: > 0 } found] ? DateTimeOffset.FromUnixTimeMilliseconds(found.Milliseconds) : null;
    }

    private static Measures WithUnions(Measures sums, Measures unions) => sums with { Customers = unions.Customers, Visitors = unions.Visitors };

    private static Measures SumsOf(JsonElement row) => new()
    {
        Revenue = row[1].GetInt64(),
        Discount = row[2].GetInt64(),
        Refunds = row[3].GetInt64(),
        Orders = row[4].GetInt64(),
        CancelledOrders = row[5].GetInt64(),
        RefundedOrders = row[6].GetInt64(),
        Units = row[7].GetInt64(),
        PageViews = row[8].GetInt64(),
        AddToCart = row[9].GetInt64(),
        CheckoutStarts = row[10].GetInt64(),
    };

    private static Measures UnionsOf(JsonElement row) => new() { Customers = row[1].GetInt64(), Visitors = row[2].GetInt64() };

    private async Task<List<KeyValuePair<long, Measures>>> Ask(string sql, FigureScope scope, Func<JsonElement, Measures> read, CancellationToken cancel) =>
        await client.QueryAsync(sql, row => KeyValuePair.Create(row[0].GetInt64(), read(row)), scope.Parameters(), FigureScope.Settings, cancel)
            .ConfigureAwait(false);
}
