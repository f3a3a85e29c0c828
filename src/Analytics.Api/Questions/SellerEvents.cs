using System.Globalization;
using Analytics.Core.Questions;

namespace Analytics.Api.Questions;

/// <summary>Makes the addresses that list the events behind the figures of a seller's pages, as trends have them.</summary>
internal static class SellerEvents
{
    private static readonly (string Figure, string[] Names)[] Named =
    [
        ("orders", ["order_placed"]), ("cancelled_orders", ["order_cancelled"]), ("refunded_orders", ["order_refunded"]), ("page_views", ["page_view"]), ("add_to_cart", ["add_to_cart"]),
        ("checkout_starts", ["checkout_start"]),
    ];

    /// <summary>By figure, with <c>{start}</c> and <c>{end}</c> in the place of a point's bounds.</summary>
    public static IReadOnlyDictionary<string, string> OfHistory(long tenant, bool withBots) =>
        Named.ToDictionary(one => one.Figure, one => Address(tenant, "{start}", "{end}", withBots, In("name", one.Names)));

    /// <summary>The lines of placed orders of a product.</summary>
    public static string OfProduct(SellerQuestion question, string product) => Whole(question, withBots: true, In("status", "placed"), In("product_id", product));

    /// <summary>The views of a part of the traffic.</summary>
    /// <param name="question">The question.</param>
    /// <param name="property">source, country or device.</param>
    /// <param name="value">Its value; empty where it is not known.</param>
    public static string OfTraffic(SellerQuestion question, string property, string value) =>
        Whole(question, question.WithBots, In("name", "page_view", "product_view"), In(property, value));

    private static string Whole(SellerQuestion question, bool withBots, params Filter[] filters)
    {
        var range = question.Scope.Range.WholeMinutes();
        return Address(question.Tenant.Id, Text(range.Start), Text(range.End), withBots, filters);
    }

    private static string Address(long tenant, string start, string end, bool withBots, params Filter[] filters) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/analytics/{tenant}/events?start={start}&end={end}")
        + (withBots ? "" : "&bots=exclude") + "&filter=" + Uri.EscapeDataString(FilterJson.Of(new AllOf(filters)).ToJsonString());

    private static Condition In(string property, params string[] values) => new(Catalogue.Find(property)!, Operator.Equal, [.. values.Select(value => new FilterValue(value))]);

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
