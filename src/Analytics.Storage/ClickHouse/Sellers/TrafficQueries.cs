using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>Where visitors come from, from <c>cells</c> and <c>uniques</c>. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
public sealed class TrafficQueries(QuestionStore store)
{
    // Which of the sets a row is of: grouping() has a bit for each of the three that the set does not name.
    private const string Sets = "GROUP BY GROUPING SETS ((source), (country), (device), ())";

    private const string Rows = "window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')} AND is_bot <= {bots:UInt8}";

    private const string Sums =
        $$"""
        SELECT grouping(source, country, device), source, country, device,
            sumIf(events, name = 'page_view'), sumIf(events, name = 'product_view'), sumIf(events, name = 'order_placed'),
            sumIf(revenue, name = 'order_placed' AND currency = {currency:String})
        FROM cells FINAL WHERE {{Rows}} AND name IN ('page_view', 'product_view', 'order_placed')
        {{Sets}}
        """;

    // A stock level has no user.
    private const string Unions =
        $"""
        SELECT grouping(source, country, device), source, country, device, uniqCombined64Merge(17)(users)
        FROM uniques WHERE {Rows} AND name != 'stock_level'
        {Sets}
        """;

    /// <summary>The traffic of the scope.</summary>
    public async Task<Traffic> OfAsync(FigureScope scope, CancellationToken cancel)
    {
        var sums = store.AskAsync(scope.Tenant, SellerStatements.About(scope, Sums), row => (Part: PartOf(row[0].GetInt64()), Figures: new TrafficFigures(
            ValueOf(row), 0, row[4].GetInt64(), row[5].GetInt64(), row[6].GetInt64(), row[7].GetInt64())), cancel);
        var unions = await store.AskAsync(scope.Tenant, SellerStatements.About(scope, Unions), row => (Part: PartOf(row[0].GetInt64()), Value: ValueOf(row), Visitors: row[4].GetInt64()), cancel).ConfigureAwait(false);
        var found = (await sums.ConfigureAwait(false)).ToDictionary(row => (row.Part, row.Figures.Value), row => row.Figures);
        foreach (var (part, value, visitors) in unions)
        {
            found[(part, value)] = (found.GetValueOrDefault((part, value)) ?? TrafficFigures.None with { Value = value }) with { Visitors = visitors };
        }

        return new(
            found.GetValueOrDefault((TrafficPart.All, "")) ?? TrafficFigures.None,
            ((TrafficPart[])[TrafficPart.Source, TrafficPart.Country, TrafficPart.Device]).ToDictionary(part => part, part => Ranked(found, part)));
    }

    private static IReadOnlyList<TrafficFigures> Ranked(Dictionary<(TrafficPart Part, string Value), TrafficFigures> found, TrafficPart part) =>
    [
        .. found.Where(one => one.Key.Part == part).Select(one => one.Value)
            .OrderByDescending(one => one.Visitors).ThenByDescending(one => one.Views).ThenBy(one => one.Value, StringComparer.Ordinal),
    ];

    private static TrafficPart PartOf(long missing) => missing switch
    {
        0b011 => TrafficPart.Source,
        0b101 => TrafficPart.Country,
        0b110 => TrafficPart.Device,
        0b111 => TrafficPart.All,
        _ => throw new ArgumentOutOfRangeException(nameof(missing), missing, "Not a set of the statement."),
    };

    // The others are empty in a row of a set that does not name them.
    private static string ValueOf(System.Text.Json.JsonElement row) => row[1].GetString() + row[2].GetString() + row[3].GetString();
}
