using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>Where visitors come from, from <c>cells</c> and <c>uniques</c>, and the sums of hours and days above them. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
public sealed class TrafficQueries(QuestionStore store, RolledPeriods periods)
{
    // Which of the sets a row is of: grouping() has a bit for each of the three that the set does not name.
    private const string Parts = "SELECT grouping(source, country, device), source, country, device, ";
    private const string Sets = " GROUP BY GROUPING SETS ((source), (country), (device), ())";

    private const string Counts = "sumIf(events, name = 'page_view'), sumIf(events, name = 'product_view'), sumIf(events, name = 'order_placed')";
    private const string Placed = "name = 'order_placed'";

    /// <summary>The traffic of the scope.</summary>
    public async Task<Traffic> OfAsync(FigureScope scope, CancellationToken cancel)
    {
        var cover = Cover.Of(scope.Range.WholeMinutes(), [], await periods.AllAsync(cancel).ConfigureAwait(false));
        var sums = SumsAsync(scope, cover, cancel);
        // A stock level has no user.
        var unions = await store.AskAsync(
            scope.Tenant,
            StatementOf(scope, Facts.Uniques, cover, _ => "uniqCombined64Merge(17)(users)", " AND name != 'stock_level'"),
            row => (Part: PartOf(row[0].GetInt64()), Value: ValueOf(row), Visitors: row[4].GetInt64()),
            cancel).ConfigureAwait(false);
        var (rows, conversion) = await sums.ConfigureAwait(false);
        var found = rows.ToDictionary(row => (row.Part, row.Figures.Value), row => row.Figures);
        foreach (var (part, value, visitors) in unions)
        {
            found[(part, value)] = (found.GetValueOrDefault((part, value)) ?? TrafficFigures.None with { Value = value }) with { Visitors = visitors };
        }

        return new(
            found.GetValueOrDefault((TrafficPart.All, "")) ?? TrafficFigures.None,
            ((TrafficPart[])[TrafficPart.Source, TrafficPart.Country, TrafficPart.Device]).ToDictionary(part => part, part => Ranked(found, part)),
            [.. Columns.Sources(Facts.Cells, cover)],
            conversion);
    }

    // Sent again with the rates where the last column says that orders were left out for their currency.
    private async Task<(List<(TrafficPart Part, TrafficFigures Figures)> Rows, Conversion? Conversion)> SumsAsync(FigureScope scope, Cover cover, CancellationToken cancel)
    {
        var isLikely = store.Conversions.IsLikely(scope.Tenant);
        var conversion = isLikely ? await ConversionAsync().ConfigureAwait(false) : null;
        var rows = await AskAsync().ConfigureAwait(false);
        if (!isLikely && rows.Exists(row => row.LeftOut > 0) && (conversion = await ConversionAsync().ConfigureAwait(false)) is not null)
        {
            rows = await AskAsync().ConfigureAwait(false);
        }

        return (rows.ConvertAll(row => (row.Part, row.Figures)), conversion);

        Task<List<(TrafficPart Part, TrafficFigures Figures, long LeftOut)>> AskAsync() => store.AskAsync(
            scope.Tenant,
            StatementOf(scope, Facts.Cells, cover, statement => Sums(statement, conversion), " AND name IN ('page_view', 'product_view', 'order_placed')"),
            row => (PartOf(row[0].GetInt64()), new TrafficFigures(
                ValueOf(row), 0, row[4].GetInt64(), row[5].GetInt64(), row[6].GetInt64(), row[7].ValueKind == JsonValueKind.Null ? null : row[7].GetInt64()), row[8].GetInt64()),
            cancel);

        Task<Conversion?> ConversionAsync() => store.Conversions.OfAsync(scope.Tenant, scope.Currency, [new("window", statement => Rows(statement, scope, Facts.Cells, cover).Add($" AND {new Sql(Placed)} AND revenue != 0"))], cancel);
    }

    private static string Sums(Statement statement, Conversion? conversion) =>
        $"{Counts}, {MoneySql.Sum(statement, "revenue", Placed, "window", conversion)}, {(conversion is null ? $"countIf({Placed} AND {MoneySql.Foreign})" : "0")}";

    private static Statement StatementOf(FigureScope scope, Facts table, Cover cover, Func<Statement, string> figures, string rows)
    {
        var statement = new Statement();
        statement.Set("currency", scope.Currency);
        return Rows(statement.Add(Parts).Add(figures(statement)), scope, table, cover).Add(rows).Add(Sets);
    }

    private static Statement Rows(Statement statement, FigureScope scope, Facts table, Cover cover)
    {
        var range = scope.Range.WholeMinutes();
        RowsSql.Of(statement, table, new(range, scope.Zone, scope.Currency, scope.WithBots), range, null, cover);
        return statement;
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
    private static string ValueOf(JsonElement row) => row[1].GetString() + row[2].GetString() + row[3].GetString();
}
