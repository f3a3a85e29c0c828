using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse;

/// <summary>The figures of a range, as a whole and point by point.</summary>
/// <param name="Totals">Of the whole range: users of a range are no sum of those of its points.</param>
/// <param name="Points">Of every point in which something happened, by its start.</param>
/// <param name="Sources">The tables that were read, as answers call them.</param>
/// <param name="Conversion">How amounts of other currencies were converted; null where there were none.</param>
public sealed record HistoryFigures(Measures Totals, SortedDictionary<DateTimeOffset, Measures> Points, IReadOnlyList<string> Sources, Conversion? Conversion = null);

/// <summary>The figures of a tenant over time, from <c>cells</c> and <c>uniques</c>, and from the sums of hours and days where a point holds them.</summary>
/// <remarks>Any thread. Throws as <see cref="QuestionStore"/>.</remarks>
public sealed class HistoryQueries(ClickHouseClient client, QuestionStore store, RolledPeriods periods)
{
    private const string Counts =
        """
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
        var rows = await store.AskAsync(
            tenant,
            new Statement().Add("SELECT toUnixTimestamp(min(window)), toUnixTimestamp(max(window)), count() FROM cells"),
            row => (First: row[0].GetInt64(), Last: row[1].GetInt64(), Count: row[2].GetInt64()),
            cancel).ConfigureAwait(false);
        return rows is [{ Count: > 0 } found]
            ? new TimeRange(DateTimeOffset.FromUnixTimeSeconds(found.First), DateTimeOffset.FromUnixTimeSeconds(found.Last).AddMinutes(1))
            : null;
    }

    /// <summary>The figures of the whole range.</summary>
    public async Task<HistoryFigures> TotalsAsync(FigureScope scope, CancellationToken cancel)
    {
        var range = scope.Range.WholeMinutes();
        var cover = Cover.Of(range, [], await RolledAsync(range, cancel).ConfigureAwait(false));
        return await AskAsync(scope, null, range, cover, cancel).ConfigureAwait(false);
    }

    /// <summary>The figures of the whole range and of its points; points without events are left out.</summary>
    /// <param name="scope">Whose, and when.</param>
    /// <param name="granularity">Minutes or longer.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<HistoryFigures> FiguresAsync(FigureScope scope, Granularity granularity, CancellationToken cancel)
    {
        var range = scope.Range.WholeMinutes();
        var isByMinute = granularity == Granularity.Minute;
        var starts = isByMinute || range.Length <= TimeSpan.Zero ? [] : Buckets.Of(range, granularity, scope.Zone).ToList();
        // Nothing that is rolled up fits into a minute.
        var cover = Cover.Of(range, starts, isByMinute ? Rolled.None : await RolledAsync(range, cancel).ConfigureAwait(false));
        return await AskAsync(scope, granularity, range, cover, cancel).ConfigureAwait(false);
    }

    /// <summary>The events, of any name, of every minute of the range in which there were some.</summary>
    public async Task<IReadOnlyDictionary<DateTimeOffset, long>> EventsByMinuteAsync(FigureScope scope, CancellationToken cancel)
    {
        var statement = Sellers.SellerStatements.About(
            scope,
            """
            SELECT toUnixTimestamp(window) AS bucket, sum(events) FROM cells FINAL
            WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} AND is_bot <= {bots:UInt8}
            GROUP BY bucket
            """);
        var rows = await store.AskAsync(scope.Tenant, statement, row => (Bucket: row[0].GetInt64(), Events: row[1].GetInt64()), cancel).ConfigureAwait(false);
        return rows.ToDictionary(row => DateTimeOffset.FromUnixTimeSeconds(row.Bucket), row => row.Events);
    }

    /// <summary>Whether some event of the range has an amount in another currency than the scope's.</summary>
    public async Task<bool> HasOtherCurrenciesAsync(FigureScope scope, CancellationToken cancel)
    {
        var statement = Sellers.SellerStatements.About(
            scope, "SELECT 1 FROM cells WHERE window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} AND " + MoneySql.Foreign + " LIMIT 1");
        return (await store.AskAsync(scope.Tenant, statement, _ => true, cancel).ConfigureAwait(false)).Count > 0;
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

    private static Measures SumsOf(JsonElement row) => new()
    {
        Revenue = AmountOf(row[1]),
        Discount = AmountOf(row[2]),
        Refunds = AmountOf(row[3]),
        Orders = row[4].GetInt64(),
        CancelledOrders = row[5].GetInt64(),
        RefundedOrders = row[6].GetInt64(),
        Units = row[7].GetInt64(),
        PageViews = row[8].GetInt64(),
        AddToCart = row[9].GetInt64(),
        CheckoutStarts = row[10].GetInt64(),
    };

    private static long? AmountOf(JsonElement minor) => minor.ValueKind == JsonValueKind.Null ? null : minor.GetInt64();

    private static Measures UnionsOf(JsonElement row) => new() { Customers = row[1].GetInt64(), Visitors = row[2].GetInt64() };

    // In a short range nothing is gained by asking what is rolled up.
    private async Task<Rolled> RolledAsync(TimeRange range, CancellationToken cancel) =>
        range.Inner(TimeSpan.FromHours(1)).Length < TimeSpan.FromHours(2) ? Rolled.None : await periods.AllAsync(cancel).ConfigureAwait(false);

    private async Task<HistoryFigures> AskAsync(FigureScope scope, Granularity? granularity, TimeRange range, Cover cover, CancellationToken cancel)
    {
        var sums = SumsAsync(scope, granularity, range, cover, cancel);
        var unions = store.AskAsync(
            scope.Tenant, StatementOf(scope, granularity, Facts.Uniques, range, cover, _ => Unions), row => KeyValuePair.Create(row[0].GetInt64(), UnionsOf(row)), cancel);
        var points = new SortedDictionary<DateTimeOffset, Measures>();
        var totals = Measures.None;
        var (rows, conversion) = await sums.ConfigureAwait(false);
        foreach (var (number, measures) in rows)
        {
            Put(number, _ => measures);
        }

        foreach (var (number, measures) in await unions.ConfigureAwait(false))
        {
            Put(number, found => found with { Customers = measures.Customers, Visitors = measures.Visitors });
        }

        return new(totals, points, [.. Columns.Sources(Facts.Cells, cover).Distinct().Order(StringComparer.Ordinal)], conversion);

        // The row of the whole range is that of no point: 0.
        void Put(long number, Func<Measures, Measures> make)
        {
            if (number == 0)
            {
                totals = make(totals);
                return;
            }

            var start = BucketSql.StartOf(number, granularity!.Value, scope.Zone);
            points[start] = make(points.GetValueOrDefault(start, Measures.None));
        }
    }

    // Sent again with the rates where the last column says that rows were left out for their currency.
    private async Task<(List<KeyValuePair<long, Measures>> Rows, Conversion? Conversion)> SumsAsync(
        FigureScope scope, Granularity? granularity, TimeRange range, Cover cover, CancellationToken cancel)
    {
        var isLikely = store.Conversions.IsLikely(scope.Tenant);
        var conversion = isLikely ? await ConversionAsync().ConfigureAwait(false) : null;
        var (rows, leavesOut) = await AskAsync().ConfigureAwait(false);
        if (leavesOut && !isLikely && (conversion = await ConversionAsync().ConfigureAwait(false)) is not null)
        {
            (rows, _) = await AskAsync().ConfigureAwait(false);
        }

        return (rows, conversion);

        async Task<(List<KeyValuePair<long, Measures>> Rows, bool LeavesOut)> AskAsync()
        {
            var (countsForeign, leaves) = (conversion is null, false);
            var found = await store.AskAsync(
                scope.Tenant,
                StatementOf(scope, granularity, Facts.Cells, range, cover, statement => Sums(statement, conversion)),
                row =>
                {
                    leaves |= countsForeign && row[11].GetInt64() > 0;
                    return KeyValuePair.Create(row[0].GetInt64(), SumsOf(row));
                },
                cancel).ConfigureAwait(false);
            return (found, leaves);
        }

        Task<Conversion?> ConversionAsync() => store.Conversions.OfAsync(scope.Tenant, scope.Currency, [new("window", statement =>
        {
            RowsSql.Of(statement, Facts.Cells, new(range, scope.Zone, scope.Currency, scope.WithBots), range, null, cover);
            statement.Add(" AND (name = 'order_placed' AND (revenue != 0 OR discount != 0) OR name = 'order_refunded' AND revenue != 0)");
        })], cancel);
    }

    private static string Sums(Statement statement, Conversion? conversion)
    {
        string Of(string column, string name) => MoneySql.Sum(statement, column, $"name = '{name}'", "window", conversion);
        return string.Join(", ", Of("revenue", "order_placed"), Of("discount", "order_placed"), Of("revenue", "order_refunded"), Counts)
            + (conversion is null ? $", countIf(name IN ('order_placed', 'order_refunded') AND {MoneySql.Foreign})" : "");
    }

    private static Statement StatementOf(FigureScope scope, Granularity? granularity, Facts table, TimeRange range, Cover cover, Func<Statement, string> figures)
    {
        var statement = new Statement();
        statement.Set("zone", scope.Zone.Id);
        statement.Set("currency", scope.Currency);
        statement.Add("SELECT ").Add(granularity is { } some ? BucketSql.Number(some, "window") : "0").Add(" AS point, ").Add(figures(statement));
        RowsSql.Of(statement, table, new(range, scope.Zone, scope.Currency, scope.WithBots), range, null, cover);
        // A stock level has no user.
        statement.Add(table == Facts.Uniques ? " AND name != 'stock_level'" : "");
        return statement.Add(granularity is null ? "" : " GROUP BY GROUPING SETS ((point), ())");
    }
}
