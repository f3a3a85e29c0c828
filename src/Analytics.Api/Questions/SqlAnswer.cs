using Analytics.Api.Replies;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers queries of the language of docs/QUERY-LANGUAGE.md, and explains them.</summary>
internal sealed class SqlAnswer(AdHocQueries queries, HistoryQueries history, Completeness completeness, QuestionOptions options)
{
    private const int MostParameters = 32;
    private const int LongestQuery = 10_000;

    // Of the store's sketches: exact up to so many users of a figure.
    private const long ExactTo = 4_096;

    private static readonly SqlColumnReply[] PlanColumns =
    [
        new("source", "text"), new("table", "text"), new("columns", "text"), new("start", "time"), new("end", "time"), new("rows_at_most", "number"), new("bytes_about", "number"),
    ];

    /// <summary>The rows, or for EXPLAIN the one that says what would be read.</summary>
    /// <exception cref="InvalidQuestionException">The fields around the query have faults.</exception>
    /// <exception cref="Problem">400: the query cannot be understood; where, and what to do.</exception>
    public async Task<SqlReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        node.Only([.. QuestionTime.Fields, "query", "parameters"]);
        var scope = QuestionTime.Scope(node, context);
        var text = node["query"].Text("a query, such as \"SELECT day(time), count() … GROUP BY 1\"", LongestQuery);
        var values = Parameters(node["parameters"]);
        node.ThrowIfFaulty();
        var query = Read(text!, values, new(scope.Zone, scope.Currency, context.Now));
        var isAsked = node.Has("range") || node.Has("start") || node.Has("end");
        var first = !isAsked && query is { Start: null, End: not null } ? (await history.ExtentAsync(tenant.Id, cancel).ConfigureAwait(false))?.Start : null;
        var range = query.RangeWithin(scope.Range, isAsked, first);
        var (columns, rows) = query.IsExplained
            ? (PlanColumns, new QueryRows([await PlanAsync(tenant, query, scope, range, cancel).ConfigureAwait(false)], false))
            : (query.Outputs.Select(ColumnOf).ToArray(), await queries.RowsAsync(tenant.Id, query, scope, range, cancel).ConfigureAwait(false));
        return new(
            tenant.Id,
            tenant.Name,
            columns,
            rows.Rows,
            rows.HasMore,
            range.Start,
            range.End,
            scope.Zone.Id,
            tenant.Currency,
            new(query.Limit, options.MaxRowsToRead, options.MaxSeconds, options.MaxMemoryBytes),
            RatesReply.Of(rows.Conversion),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            query.IsExplained ? null : Approximation.OfUsers(Estimated(query, rows)),
            Source: query.Source.Name);
    }

    private static AdHocQuery Read(string text, IReadOnlyDictionary<string, QueryValue> values, QueryContext context)
    {
        try
        {
            return AdHocQuery.Read(text, values, context);
        }
        catch (InvalidQueryException fault)
        {
            throw new Problem(StatusCodes.Status400BadRequest, "invalid-query", "The query cannot be understood", fault.Message)
            {
                Extensions = new Dictionary<string, object?>
                {
                    ["errors"] = new Dictionary<string, string[]> { ["query"] = [fault.Detail] },
                    ["line"] = fault.Place.Line,
                    ["column"] = fault.Place.Column,
                    ["hint"] = fault.Hint,
                },
            };
        }
    }

    private static Dictionary<string, QueryValue> Parameters(QuestionNode node)
    {
        var values = new Dictionary<string, QueryValue>(StringComparer.Ordinal);
        foreach (var (name, value) in node.Fields())
        {
            if (values.Count == MostParameters)
            {
                node.Fault($"Expected at most {MostParameters} parameters; found more.");
                break;
            }

            var items = value.Items(500);
            if (items.Count == 0)
            {
                value.Expected("a text, a number, true, false, or a list of them");
                continue;
            }

            values[name] = new([.. items.Select(Scalar)], value.IsList);
        }

        return values;
    }

    private static QueryScalar Scalar(QuestionNode value) => value.IsText ? new(value.Scalar(1_024) ?? "")
        : value.IsNumber ? new(null, value.Number() ?? 0)
        : new(null, null, value.Truth(false));

    private static SqlColumnReply ColumnOf(QueryOutput output) => new(output.Name, output.Value.Type switch
    {
        TermType.Text => "text",
        TermType.Number => "number",
        TermType.Money => "money",
        TermType.Instant or TermType.Bucket => "time",
        TermType.Flag => "bool",
        _ => throw new ArgumentOutOfRangeException(nameof(output), output.Value.Type, "No type of an answer."),
    });

    // A count of many is an estimate; what is made of such a count may be one.
    private static IEnumerable<string> Estimated(AdHocQuery query, QueryRows rows) =>
        from output in query.Outputs.Select((output, index) => (output.Name, output.Value, Index: index))
        where output.Value.All.Any(part => part is AggregateTerm { Function: AggregateFunction.Uniq })
        where output.Value is not AggregateTerm || rows.Rows.Any(row => row[output.Index] is long and > ExactTo)
        select output.Name;

    private async Task<IReadOnlyList<object?>> PlanAsync(Tenant tenant, AdHocQuery query, QuestionScope scope, TimeRange range, CancellationToken cancel)
    {
        var estimate = await queries.EstimateAsync(tenant.Id, query, scope, range, cancel).ConfigureAwait(false);
        return [query.Source.Name, estimate.Table, string.Join(", ", query.Columns), range.Start, range.End, estimate.Rows, estimate.Bytes];
    }
}
