using System.Globalization;
using Analytics.Api.Access;
using Analytics.Api.Questions;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/products/performance: which products sell?</summary>
internal static class ProductsEndpoint
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/products/performance", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, HistoryQueries history, ProductQueries products, Completeness completeness,
        AnswerCache answers, TimeProvider time) =>
    {
        var query = http.Request.Query;
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, http.RequestAborted);
        return await answers.ReplyAsync(AnswerKey.Of("products", tenant.Id, query), http, async cancel =>
        {
            var range = query.ContainsKey("start") || query.ContainsKey("end")
                ? await Period.OfAsync(query, tenant, history, time.GetUtcNow(), cancel)
                : await Period.NamedAsync(query["period"].ToString() is { Length: > 0 } name ? name : "30d", tenant, history, time.GetUtcNow(), cancel);
            var sort = query["sort"].ToString() is { Length: > 0 } text ? text : "revenue";
            var scope = new FigureScope(tenant.Id, range, Period.ZoneOf(tenant), tenant.Currency);
            var ranking = await products.RankAsync(scope, OrderOf(sort), LimitOf(query["limit"].ToString()), cancel);
            return Reply(tenant, range, sort, ranking, await completeness.ThroughAsync(cancel));
        });
    });

    private static ProductsReply Reply(Tenant tenant, TimeRange range, string sort, ProductRanking ranking, DateTimeOffset? completeThrough) => new(
        tenant.Id,
        tenant.Name,
        range.Start,
        range.End,
        tenant.TimeZone,
        tenant.Currency,
        sort,
        ranking.Count,
        Currencies.Major(ranking.Revenue, tenant.Currency),
        [.. ranking.Products.Select(product => Reply(product, ranking.Revenue, tenant.Currency))],
        completeThrough,
        Stale: false,
        Approximate: null,
        Source: "clickhouse");

    private static ProductReply Reply(ProductFigures product, long allRevenue, string currency) => new(
        product.ProductId,
        product.Title.Length > 0 ? product.Title : null,
        Currencies.Major(product.Revenue, currency),
        product.Revenue,
        product.Units,
        product.Orders,
        product.Views,
        MeasuresReply.Rate(product.Views == 0 ? null : (double)product.Orders / product.Views),
        allRevenue == 0 ? 0 : MeasuresReply.Rate((double)product.Revenue / allRevenue)!.Value);

    private static ProductOrder OrderOf(string text) => text switch
    {
        "revenue" => ProductOrder.Revenue,
        "units" => ProductOrder.Units,
        "orders" => ProductOrder.Orders,
        "views" => ProductOrder.Views,
        "conversion" => ProductOrder.Conversion,
        _ => throw Problem.Invalid("sort", $"Expected revenue, units, orders, views or conversion; found '{text}'."),
    };

    private static int LimitOf(string text) =>
        text.Length == 0 ? DefaultLimit
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit
        : throw Problem.Invalid("limit", $"Expected a number from 1 to {MaxLimit}; found '{text}'.");
}
