using System.Text.Json;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.AdHoc;

/// <summary>Rows of an answer: texts, whole numbers, numbers, amounts in major units, instants, truth values, null for what is unknown.</summary>
/// <param name="Rows">In the order of the query's outputs.</param>
/// <param name="HasMore">Whether there are more than the query's limit.</param>
/// <param name="Conversion">How amounts of other currencies were converted; null where there were none.</param>
public sealed record QueryRows(IReadOnlyList<IReadOnlyList<object?>> Rows, bool HasMore, Conversion? Conversion = null);

/// <summary>What a query would read.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">Rows at most: whole granules of the index.</param>
/// <param name="Bytes">Bytes of the columns named, before compression, by their mean width; of whole rows while the table is small.</param>
public sealed record QueryEstimate(string Table, long Rows, long Bytes);

/// <summary>Answers queries of the language of docs/QUERY-LANGUAGE.md.</summary>
/// <remarks>Any thread. <see cref="ClickHouseUnavailableException"/> and <see cref="QuestionRefusedException"/> pass.</remarks>
public sealed class AdHocQueries(QuestionStore store, ClickHouseClient client)
{
    private const int Digits = 6;

    /// <summary>The rows.</summary>
    public async Task<QueryRows> RowsAsync(long tenant, AdHocQuery query, QuestionScope scope, TimeRange range, CancellationToken cancel)
    {
        var conversion = AdHocStatement.MoneyOf(query).Any()
            ? await store.Conversions.OfAsync(tenant, scope.Currency, [AdHocStatement.Amounts(query, scope, range)], cancel).ConfigureAwait(false)
            : null;
        var rows = await store.AskAsync<IReadOnlyList<object?>>(
            tenant, AdHocStatement.Of(query, scope, range, conversion), row => [.. query.Outputs.Select((output, index) => ValueOf(row[index], output.Value, scope))], cancel).ConfigureAwait(false);
        return rows.Count <= query.Limit ? new(rows, false, conversion) : new(rows[..query.Limit], true, conversion);
    }

    /// <summary>What answering it would read, without reading it.</summary>
    public async Task<QueryEstimate> EstimateAsync(long tenant, AdHocQuery query, QuestionScope scope, TimeRange range, CancellationToken cancel)
    {
        var table = SourceSql.TableOf(query.Source);
        var rows = await store.EstimateAsync(tenant, AdHocStatement.Of(query, scope, range, null), cancel).ConfigureAwait(false);
        // Of the table as a whole: a mean width of a column says nothing about anyone's rows. Small parts know the width of their rows only.
        var widths = await client.QueryAsync(
            """
            SELECT if(
                countIf(part_type = 'Wide') > 0,
                (SELECT sum(column_data_uncompressed_bytes) FROM system.parts_columns
                    WHERE active AND part_type = 'Wide' AND database = currentDatabase() AND table = {table:String} AND column IN {columns:Array(String)})
                    / greatest(sumIf(rows, part_type = 'Wide'), 1),
                sum(data_uncompressed_bytes) / greatest(sum(rows), 1))
            FROM system.parts
            WHERE active AND database = currentDatabase() AND table = {table:String}
            """,
            row => row[0].ValueKind == JsonValueKind.Number ? row[0].GetDouble() : 0,
            new Dictionary<string, object?>
            {
                ["table"] = table,
                ["columns"] = query.Columns.Prepend("time").SelectMany(column => SourceSql.Behind(query.Source, column)).Prepend("tenant").Distinct().ToArray(),
            },
            cancel: cancel).ConfigureAwait(false);
        return new(table, rows, (long)(rows * widths[0]));
    }

    private static object? ValueOf(JsonElement value, Term term, QuestionScope scope) => value.ValueKind == JsonValueKind.Null ? null : term.Type switch
    {
        TermType.Text => value.GetString(),
        TermType.Flag => value.GetDouble() != 0,
        TermType.Instant => DateTimeOffset.FromUnixTimeMilliseconds(value.GetInt64()),
        TermType.Bucket => BucketSql.StartOf(value.GetInt64(), GranularityOf(term), scope.Zone),
        // Whole ones exactly.
        TermType.Money when value.TryGetInt64(out var minor) => Currencies.Major(minor, scope.Currency),
        TermType.Money => Math.Round(value.GetDouble() / Math.Pow(10, Currencies.Decimals(scope.Currency)), Digits),
        TermType.Number when value.TryGetInt64(out var whole) => whole,
        TermType.Number => Math.Round(value.GetDouble(), Digits),
        _ => throw new ArgumentOutOfRangeException(nameof(term), term.Type, "No type of an answer."),
    };

    private static Granularity GranularityOf(Term term) => term is BucketTerm bucket
        ? bucket.Granularity
        : throw new ArgumentOutOfRangeException(nameof(term), term, "Not the point of a series.");
}
