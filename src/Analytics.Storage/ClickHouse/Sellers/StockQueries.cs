using System.Text.Json;
using Analytics.Core.Forecasting;
using Analytics.Core.Listings;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>What is in stock and what sold by the day, from <c>stock_levels</c> and <c>product_cells</c>. Any thread; <see cref="ClickHouseUnavailableException"/> passes.</summary>
public sealed class StockQueries(QuestionStore store)
{
    // Of levels of the same millisecond the later record is the truth.
    private const string At = "(event_time, epoch, kafka_partition, kafka_offset)";

    private const string Stocks =
        $$"""
        SELECT product_id, latest_title, pieces_left, levels, sold
        FROM
        (
            SELECT product_id, argMaxIf(title, last_at, title != '') AS latest_title, argMax(last, last_at) AS pieces_left, arraySort(groupArray((day, most, last))) AS levels
            FROM
            (
                SELECT product_id, day, max(at) AS last_at, max(stock) AS most, argMax(stock, at) AS last, argMaxIf(name, at, name != '') AS title
                FROM
                (
                    SELECT product_id, stock, title AS name, {{At}} AS at,
                        greatest(toInt32(toUInt16(toDate(event_time, {zone:String}))), {first:Int32} - 1) AS day
                    FROM stock_levels FINAL WHERE event_time < {until:DateTime('UTC')}
                )
                GROUP BY product_id, day
            )
            GROUP BY product_id
        ) AS stocked
        FULL OUTER JOIN
        (
            SELECT product_id, groupArray((day, pieces)) AS sold
            FROM
            (
                SELECT product_id, toInt32(toUInt16(toDate(window, {zone:String}))) AS day, sum(units) AS pieces
                FROM product_cells FINAL
                WHERE name = 'order_placed' AND ((window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')})
                    OR (window >= {year_start:DateTime('UTC')} AND window < {year_end:DateTime('UTC')}))
                GROUP BY product_id, day
                HAVING pieces > 0
            )
            GROUP BY product_id
        ) AS bought
        USING (product_id)
        ORDER BY product_id
        """;

    private const string SoldByAll =
        """
        SELECT sumIf(units, window < {since:DateTime('UTC')}), sumIf(units, window >= {since:DateTime('UTC')})
        FROM product_cells FINAL
        WHERE name = 'order_placed' AND window >= {start:DateTime('UTC')} AND window < {end:DateTime('UTC')}
        """;

    private const string Latest =
        $$"""
        SELECT product_id, argMax(stock, at), argMaxIf(name, at, name != ''), argMaxIf(images, at, isNotNull(images)),
            argMaxIf(description_length, at, isNotNull(description_length)), argMaxIf(rating, at, isNotNull(rating)), argMaxIf(price, at, isNotNull(price)),
            argMaxIf(currency, at, isNotNull(price))
        FROM (SELECT product_id, stock, title AS name, images, description_length, rating, price, currency, {{At}} AS at FROM stock_levels FINAL WHERE event_time < {end:DateTime('UTC')})
        GROUP BY product_id
        ORDER BY product_id
        """;

    /// <summary>
    /// Every product of which a level was told or that sold, in order of the bytes of its id, row by row: a seller may have very many. The stock of the moment, the levels of each day of the scope,
    /// and what sold on each of its days and on those of another range.
    /// </summary>
    /// <param name="scope">The days.</param>
    /// <param name="until">When the stock is looked at: levels that are told later are not known yet.</param>
    /// <param name="other">Another range of what sold.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<StockedProduct> StocksAsync(FigureScope scope, DateTimeOffset until, TimeRange other, CancellationToken cancel)
    {
        var statement = SellerStatements.About(scope, Stocks);
        statement.Set("first", DayOf(scope.Range.Start, scope.Zone));
        statement.Set("until", FigureScope.WholeSecond(until));
        statement.Set("year_start", other.Start);
        statement.Set("year_end", other.End);
        return store.StreamAsync(scope.Tenant, statement, StockOf, cancel);
    }

    /// <summary>Pieces of all products together that sold in the scope: before a moment of it, and from then on.</summary>
    public async Task<(long Before, long Since)> SoldAsync(FigureScope scope, DateTimeOffset since, CancellationToken cancel)
    {
        var statement = SellerStatements.About(scope, SoldByAll);
        statement.Set("since", since);
        return (await store.AskAsync(scope.Tenant, statement, row => (row[0].GetInt64(), row[1].GetInt64()), cancel).ConfigureAwait(false))[0];
    }

    /// <summary>
    /// The listing of every product of which something was told before the end of the scope, in order of the bytes of its id, row by row: the latest that was told of each of its parts.
    /// </summary>
    public IAsyncEnumerable<Listing> ListingsAsync(FigureScope scope, CancellationToken cancel) =>
        store.StreamAsync(scope.Tenant, SellerStatements.About(scope, Latest), ListingOf, cancel);

    /// <summary>The number of the local day in which an instant lies.</summary>
    public static int DayOf(DateTimeOffset instant, TimeZoneInfo zone) => (int)(ZonedTime.Local(instant, zone).Date - DateTime.UnixEpoch).TotalDays;

    private static StockedProduct StockOf(JsonElement row) => new(
        row[0].GetString()!,
        row[1].GetString()!,
        row[3].GetArrayLength() == 0 ? null : row[2].GetInt64(),
        [.. row[3].EnumerateArray().Select(day => new StockDay(day[0].GetInt32(), day[1].GetInt64(), day[2].GetInt64()))],
        row[4].EnumerateArray().ToDictionary(day => day[0].GetInt32(), day => day[1].GetInt64()));

    private static Listing ListingOf(JsonElement row) => new(
        row[0].GetString()!,
        row[2].GetString() is { Length: > 0 } title ? title : null,
        row[1].GetInt64(),
        row[3].ValueKind == JsonValueKind.Null ? null : row[3].GetInt32(),
        row[4].ValueKind == JsonValueKind.Null ? null : row[4].GetInt32(),
        row[5].ValueKind == JsonValueKind.Null ? null : row[5].GetDouble(),
        row[6].ValueKind == JsonValueKind.Null ? null : row[6].GetInt64(),
        row[7].GetString() is { Length: > 0 } currency ? currency : null);
}
