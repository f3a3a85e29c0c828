using System.Runtime.CompilerServices;
using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>How products do, from <c>product_cells</c> and <c>stock_levels</c>. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
public sealed class ProductQueries(QuestionStore store)
{
    private const string Now = "window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}";
    private const string Before = "window >= {before_start:DateTime('UTC')} AND window < {before_end:DateTime('UTC')}";

    private const string Placed = "name = 'order_placed'";

    // The last level before the range, then those in it. Of levels of the same millisecond the later record is the truth.
    private const string Stock =
        """
        SELECT product_id, name_of, toInt64(0), toInt64(0), toInt64(0), toInt64(0), toInt64(0), toInt64(0),
            toInt64(length(levels)), levels[1], levels[-1], toInt64(arraySum(rise -> greatest(rise, 0), arrayDifference(levels))), toInt64(0)
        FROM
        (
            SELECT product_id, argMaxIf(title, at, title != '') AS name_of,
                arrayConcat(
                    if(countIf(event_time < {start:DateTime('UTC')}) > 0, [argMaxIf(stock, at, event_time < {start:DateTime('UTC')})], emptyArrayInt64()),
                    arrayMap(level -> level.2, arraySort(groupArrayIf((at, stock), event_time >= {start:DateTime('UTC')} AND event_time < {end:DateTime('UTC')})))) AS levels
            FROM (SELECT product_id, title, stock, event_time, (event_time, epoch, kafka_partition, kafka_offset) AS at FROM stock_levels FINAL)
            GROUP BY product_id
        )
        """;

    /// <summary>The best products of the scope's range.</summary>
    /// <param name="scope">Whose, and when.</param>
    /// <param name="before">The range that revenue and units are compared with.</param>
    /// <param name="order">What is best.</param>
    /// <param name="limit">Most products.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ProductRanking> RankAsync(FigureScope scope, TimeRange before, ProductOrder order, int limit, CancellationToken cancel)
    {
        var isLikely = store.Conversions.IsLikely(scope.Tenant);
        var conversion = isLikely ? await ConversionAsync(scope, before, cancel).ConfigureAwait(false) : null;
        var rows = await AskAsync().ConfigureAwait(false);
        // An empty list says nothing of what was left out for its currency.
        if (!isLikely && (rows.Count == 0 || rows[0].LeftOut > 0) && (conversion = await ConversionAsync(scope, before, cancel).ConfigureAwait(false)) is not null)
        {
            rows = await AskAsync().ConfigureAwait(false);
        }

        return new([.. rows.Select(row => row.Figures)], rows.Count == 0 ? 0 : rows[0].Revenue, rows.Count == 0 ? 0 : rows[0].Count, conversion);

        Task<List<(ProductFigures Figures, long? Revenue, long Count, long LeftOut)>> AskAsync() => store.AskAsync(
            scope.Tenant, Ranked(scope, before, order, limit, conversion), row => (FiguresOf(row), AmountOf(row[13]), row[14].GetInt64(), row[16].GetInt64()), cancel);
    }

    /// <summary>All products, as <see cref="RankAsync"/> ranks them, row by row.</summary>
    public async IAsyncEnumerable<ProductFigures> AllAsync(FigureScope scope, TimeRange before, ProductOrder order, [EnumeratorCancellation] CancellationToken cancel)
    {
        var conversion = await ConversionAsync(scope, before, cancel).ConfigureAwait(false);
        await foreach (var product in store.StreamAsync(scope.Tenant, Ranked(scope, before, order, uint.MaxValue, conversion), FiguresOf, cancel).ConfigureAwait(false))
        {
            yield return product;
        }
    }

    private Task<Conversion?> ConversionAsync(FigureScope scope, TimeRange before, CancellationToken cancel) =>
        store.Conversions.OfAsync(scope.Tenant, scope.Currency, [new("window", statement =>
        {
            SetRanges(statement, scope, before);
            statement.Add($" FROM product_cells FINAL WHERE {new Sql(Placed)} AND (({new Sql(Now)}) OR ({new Sql(Before)})) AND revenue != 0");
        })], cancel);

    private static Statement Ranked(FigureScope scope, TimeRange before, ProductOrder order, long limit, Conversion? conversion)
    {
        var statement = new Statement();
        SetRanges(statement, scope, before);
        statement.Set("limit", limit);
        return statement.Add(
            $$"""
            SELECT product_id, name_of, revenue, units, orders, views, revenue_before, units_before, class, levels, first, received, last, all_revenue,
                count() OVER () AS listed, sell_through, sum(left_out) OVER () AS all_left_out
            FROM ({{new Sql(Classed(statement, conversion))}})
            WHERE {{new Sql(Listed(order))}}
            ORDER BY {{new Sql(OrderBy(order))}}, revenue DESC, product_id
            LIMIT {limit:UInt32}
            """);
    }

    private static void SetRanges(Statement statement, FigureScope scope, TimeRange before)
    {
        foreach (var (name, value) in scope.Parameters().Where(one => one.Key != TenantFence.Parameter))
        {
            statement.Set(name, value);
        }

        statement.Set("before_start", FigureScope.WholeSecond(before.Start));
        statement.Set("before_end", FigureScope.WholeSecond(before.End));
    }

    private static string Sold(Statement statement, Conversion? conversion) =>
        $$"""
        SELECT product_id, '' AS name_of,
            {{MoneySql.Sum(statement, "revenue", $"{Placed} AND {Now}", "window", conversion)}} AS revenue_sum,
            sumIf(units, name = 'order_placed' AND {{Now}}) AS units_sum,
            sumIf(events, name = 'order_placed' AND {{Now}}) AS orders_sum,
            sumIf(events, name IN ('product_view', 'page_view') AND {{Now}}) AS views_sum,
            {{MoneySql.Sum(statement, "revenue", $"{Placed} AND {Before}", "window", conversion)}} AS revenue_then,
            sumIf(units, name = 'order_placed' AND {{Before}}) AS units_then,
            toInt64(0) AS told, toInt64(0) AS stock_start, toInt64(0) AS stock_end, toInt64(0) AS rises,
            toInt64(countIf({{Placed}} AND {{MoneySql.Foreign}})) AS foreign_rows
        FROM product_cells FINAL
        WHERE name IN ('order_placed', 'product_view', 'page_view') AND (({{Now}}) OR ({{Before}}))
        GROUP BY product_id
        """;

    private static string Products(Statement statement, Conversion? conversion)
    {
        // What cannot be converted is unknown, where a sum would pass over it.
        string Sum(string column) => conversion is null ? $"sum({column})" : $"if(countIf(isNull({column})) > 0, NULL, sum({column}))";
        return
            $"""
            SELECT product_id, max(name_of) AS name_of, {Sum("revenue_sum")} AS revenue, sum(units_sum) AS units, sum(orders_sum) AS orders, sum(views_sum) AS views,
                {Sum("revenue_then")} AS revenue_before, sum(units_then) AS units_before, sum(told) AS levels, sum(stock_start) AS first, sum(stock_end) AS last,
                greatest(sum(rises), units + last - first) AS received, if(levels > 0 AND first + received > 0, units / (first + received), NULL) AS sell_through,
                sum(foreign_rows) AS left_out
            FROM ({Sold(statement, conversion)} UNION ALL {Stock})
            GROUP BY product_id
            """;
    }

    // The class goes by what the products before one have earned, so that the one that reaches 80 % is still of class A. Nobody has one while some revenue is unknown.
    private static string Classed(Statement statement, Conversion? conversion)
    {
        var (unknown, known, nothing) = conversion is null ? ("", "", "") : (", countIf(isNull(revenue)) OVER () AS unknown", "if(unknown > 0, NULL, ", ")");
        return
            $"""
            SELECT *, sum(greatest(revenue, 0)) OVER () AS earned{unknown}, {known}sum(revenue) OVER (){nothing} AS all_revenue,
                sum(greatest(revenue, 0)) OVER (ORDER BY revenue DESC, product_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - greatest(revenue, 0) AS above,
                {known}multiIf(revenue <= 0, 'C', above < earned * 0.8, 'A', above < earned * 0.95, 'B', 'C'){nothing} AS class
            FROM ({Products(statement, conversion)})
            """;
    }

    private static string Listed(ProductOrder order) => order switch
    {
        ProductOrder.Growth => "revenue > revenue_before",
        ProductOrder.Decline => "revenue < revenue_before",
        ProductOrder.Slow => "levels > 0 AND last > 0",
        _ => "orders > 0 OR views > 0",
    };

    private static string OrderBy(ProductOrder order) => order switch
    {
        ProductOrder.Revenue => "revenue DESC",
        ProductOrder.Units => "units DESC",
        ProductOrder.Orders => "orders DESC",
        ProductOrder.Views => "views DESC",
        ProductOrder.Conversion => "if(views = 0, -1, orders / views) DESC",
        ProductOrder.Growth => "revenue - revenue_before DESC",
        ProductOrder.Decline => "revenue - revenue_before",
        ProductOrder.Slow => "sell_through, last DESC",
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "Not an order of products."),
    };

    private static ProductFigures FiguresOf(JsonElement row) => new(
        row[0].GetString()!,
        row[1].GetString()!,
        AmountOf(row[2]),
        row[3].GetInt64(),
        row[4].GetInt64(),
        row[5].GetInt64(),
        AmountOf(row[6]),
        row[7].GetInt64(),
        row[8].GetString(),
        row[9].GetInt64() == 0 ? null : new(row[10].GetInt64(), row[11].GetInt64(), row[12].GetInt64(), row[15].ValueKind == JsonValueKind.Null ? null : row[15].GetDouble()));

    private static long? AmountOf(JsonElement minor) => minor.ValueKind == JsonValueKind.Null ? null : minor.GetInt64();
}
