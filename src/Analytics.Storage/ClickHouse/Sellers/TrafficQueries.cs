using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>Where visitors come from, from <c>cells</c> and <c>uniques</c>, and the sums of hours and days above them. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
public sealed class TrafficQueries(QuestionStore store, RolledPeriods periods)
{
    // Which of the sets a row is of: grouping() has a bit for each of the three that the set does not name.
    private const string Parts = "SELECT grouping(source, country, device), source, country, device, ";
    private const string Sets = " GROUP BY GROUPING SETS ((source), (country), (device), ())";

    private const string Sums =
        """
        sumIf(events, name = 'page_view'), sumIf(events, name = 'product_view'), sumIf(events, name = 'order_placed'), sumIf(revenue, name = 'order_placed' AND currency = {currency:String})
        """;

    /// <summary>The traffic of the scope.</summary>
    public async Task<Traffic> OfAsync(FigureScope scope, CancellationToken cancel)
    {
        var cover = Cover.Of(scope.Range.WholeMinutes(), [], await periods.AllAsync(cancel).ConfigureAwait(false));
        var sums = store.AskAsync(scope.Tenant, StatementOf(scope, Facts.Cells, cover, Sums, " AND name IN ('page_view', 'product_view', 'order_placed')"), row => (Part: PartOf(row[0].GetInt64()), Figures: new TrafficFigures(
            ValueOf(row), 0, row[4].GetInt64(), row[5].GetInt64(), row[6].GetInt64(), row[7].GetInt64())), cancel);
        // A stock level has no user.
        var unions = await store.AskAsync(
            scope.Tenant,
            StatementOf(scope, Facts.Uniques, cover, "uniqCombined64Merge(17)(users)", " AND name != 'stock_level'"),
            row => (Part: PartOf(row[0].GetInt64()), Value: ValueOf(row), Visitors: row[4].GetInt64()),
            cancel).ConfigureAwait(false);
        var found = (await sums.ConfigureAwait(false)).ToDictionary(row => (row.Part, row.Figures.Value), row => row.Figures);
        foreach (var (part, value, visitors) in unions)
        {
            found[(part, value)] = (found.GetValueOrDefault((part, value)) ?? TrafficFigures.None with { Value = value }) with { Visitors = visitors };
        }

        return new(
            found.GetValueOrDefault((TrafficPart.All, "")) ?? TrafficFigures.None,
            ((TrafficPart[])[TrafficPart.Source, TrafficPart.Country, TrafficPart.Device]).ToDictionary(part => part, part => Ranked(found, part)),
            [.. Columns.Sources(Facts.Cells, cover)]);
    }

    private static Statement StatementOf(FigureScope scope, Facts table, Cover cover, string figures, string rows)
    {
        var statement = new Statement().Add(Parts).Add(figures);
        statement.Set("currency", scope.Currency);
        var range = scope.Range.WholeMinutes();
        RowsSql.Of(statement, table, new(range, scope.Zone, scope.Currency, scope.WithBots), range, null, cover);
        return statement.Add(rows).Add(Sets);
    }

    // A row of zeros is of a group that a rewrite has found empty.
    private static IReadOnlyList<TrafficFigures> Ranked(Dictionary<(TrafficPart Part, string Value), TrafficFigures> found, TrafficPart part) =>
    [
        .. found.Where(one => one.Key.Part == part && (one.Value.Visitors, one.Value.Views, one.Value.Orders) != (0, 0, 0)).Select(one => one.Value)
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
