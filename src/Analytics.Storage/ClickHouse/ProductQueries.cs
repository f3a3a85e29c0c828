namespace Analytics.Storage.ClickHouse;

/// <summary>By what products are ranked; the best comes first.</summary>
public enum ProductOrder
{
    /// <summary>Revenue.</summary>
    Revenue,

    /// <summary>Pieces sold.</summary>
    Units,

    /// <summary>Order lines.</summary>
    Orders,

    /// <summary>Views.</summary>
    Views,

    /// <summary>Order lines over views.</summary>
    Conversion,
}

/// <summary>The figures of one product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Latest title of its listing; empty when none is known.</param>
/// <param name="Revenue">Minor units.</param>
/// <param name="Units">Pieces sold.</param>
/// <param name="Orders">Order lines placed.</param>
/// <param name="Views">Events named product_view, or page_view with the product.</param>
public sealed record ProductFigures(string ProductId, string Title, long Revenue, long Units, long Orders, long Views);

/// <summary>The products of a tenant, ranked.</summary>
/// <param name="Products">The best.</param>
/// <param name="Revenue">Revenue of all products, also of those left out: what shares are shares of.</param>
/// <param name="Count">All products with an event in the range.</param>
public sealed record ProductRanking(IReadOnlyList<ProductFigures> Products, long Revenue, long Count);

/// <summary>How products do, from <c>product_cells</c>. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
public sealed class ProductQueries(ClickHouseClient client)
{
    private const string Figures =
        """
        SELECT product_id,
               sumIf(revenue, name = 'order_placed' AND currency = {currency:String}) AS revenue_sum,
               sumIf(units, name = 'order_placed') AS units_sum,
               sumIf(events, name = 'order_placed') AS orders_sum,
               sumIf(events, name IN ('product_view', 'page_view')) AS views_sum
        FROM product_cells FINAL
        WHERE tenant = {tenant:UInt64} AND window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}
        GROUP BY product_id
        HAVING orders_sum > 0 OR views_sum > 0
        """;

    /// <summary>The best products of the range.</summary>
    public async Task<ProductRanking> RankAsync(FigureScope scope, ProductOrder order, int limit, CancellationToken cancel)
    {
        var parameters = scope.Parameters();
        parameters["limit"] = limit;
        var rows = await client.QueryAsync(
            $$"""
            SELECT product_id, revenue_sum, units_sum, orders_sum, views_sum, sum(revenue_sum) OVER () AS all_revenue, count() OVER () AS all_products
            FROM ({{Figures}})
            ORDER BY {{OrderBy(order)}}, revenue_sum DESC, product_id
            LIMIT {limit:UInt32}
            """,
            row => (
                Figures: new ProductFigures(row[0].GetString()!, "", row[1].GetInt64(), row[2].GetInt64(), row[3].GetInt64(), row[4].GetInt64()),
                Revenue: row[5].GetInt64(),
                Count: row[6].GetInt64()),
            parameters,
            FigureScope.Settings,
            cancel).ConfigureAwait(false);
        var titles = rows.Count == 0 ? [] : await TitlesAsync(scope.Tenant, rows.Select(row => row.Figures.ProductId), cancel).ConfigureAwait(false);
        return new(
            [.. rows.Select(row => row.Figures with { Title = titles.GetValueOrDefault(row.Figures.ProductId, "") })],
            rows.Count == 0 ? 0 : rows[0].Revenue,
            rows.Count == 0 ? 0 : rows[0].Count);
    }

    private static string OrderBy(ProductOrder order) => order switch
    {
        ProductOrder.Revenue => "revenue_sum DESC",
        ProductOrder.Units => "units_sum DESC",
        ProductOrder.Orders => "orders_sum DESC",
        ProductOrder.Views => "views_sum DESC",
        ProductOrder.Conversion => "if(views_sum = 0, -1, orders_sum / views_sum) DESC",
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "Not an order of products."),
    };

    private async Task<Dictionary<string, string>> TitlesAsync(long tenant, IEnumerable<string> products, CancellationToken cancel)
    {
        var rows = await client.QueryAsync(
            """
            SELECT product_id, argMax(title, event_time) FROM stock_levels
            WHERE tenant = {tenant:UInt64} AND title != '' AND product_id IN {products:Array(String)} GROUP BY product_id
            """,
            row => KeyValuePair.Create(row[0].GetString()!, row[1].GetString()!),
            new Dictionary<string, object?> { ["tenant"] = tenant, ["products"] = products.ToArray() },
            cancel: cancel).ConfigureAwait(false);
        return new(rows, StringComparer.Ordinal);
    }
}
