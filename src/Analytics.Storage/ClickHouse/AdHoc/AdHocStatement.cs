using System.Globalization;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Core.Rates;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.AdHoc;

/// <summary>Prints the statement of a query; the tenant is added where it is run.</summary>
internal static class AdHocStatement
{
    /// <summary>The statement. It asks for one row more than the query's limit, which tells whether there are more.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scope">Whose zone and currency, with bots or without.</param>
    /// <param name="range">What is read.</param>
    /// <param name="conversion">How amounts of other currencies are converted; null where there are none.</param>
    public static Statement Of(AdHocQuery query, QuestionScope scope, TimeRange range, Conversion? conversion)
    {
        var statement = new Statement();
        statement.Set("zone", scope.Zone.Id);
        statement.Set("currency", scope.Currency);
        var terms = new TermSql(statement, query.Source, conversion);
        statement.Add("SELECT ").Join(", ", query.Outputs.Index(), output =>
            statement.Add(terms.Output(output.Item.Value)).Add(" AS c").Add(output.Index.ToString(CultureInfo.InvariantCulture)));
        SourceSql.From(statement, query, scope, range);
        if (query.Where is not null)
        {
            statement.Add(" AND ").Add(terms.Of(query.Where));
        }

        if (query.Groups.Count > 0)
        {
            statement.Add(" GROUP BY ").Join(", ", query.Groups, group => statement.Add(terms.Of(group)));
        }

        if (query.Having is not null)
        {
            statement.Add(" HAVING ").Add(terms.Of(query.Having));
        }

        Order(statement, query, terms);
        return statement.Add($" LIMIT {query.Limit + 1L:UInt32}");
    }

    /// <summary>The rows whose amounts the query reads; of those that WHERE lets through, where that does not depend on amounts itself.</summary>
    public static AmountRows Amounts(AdHocQuery query, QuestionScope scope, TimeRange range) => new(SourceSql.TimeOf(query.Source), statement =>
    {
        statement.Set("zone", scope.Zone.Id);
        SourceSql.From(statement, query, scope, range);
        statement.Add(" AND (").Join(" OR ", MoneyOf(query), column => statement.Add(SourceSql.Stored(query.Source, column)).Add(" != 0")).Add(")");
        if (query.Where is { } where && !where.All.Any(part => part.Type == TermType.Money))
        {
            statement.Add(" AND ").Add(new TermSql(statement, query.Source, null).Of(where));
        }
    })
    {
        Currency = SourceSql.CurrencyOf(query.Source),
    };

    /// <summary>The columns of amounts that a query reads.</summary>
    public static IEnumerable<QueryColumn> MoneyOf(AdHocQuery query) => query.Source.Columns.Where(column => column.Type == TermType.Money && query.Columns.Contains(column.Name));

    // Equal rows are parted by the rest, so that the same query gives the same rows.
    private static void Order(Statement statement, AdHocQuery query, TermSql terms)
    {
        var order = query.Order.Select(item => terms.Of(item.By) + (item.IsDescending ? " DESC" : "")).ToList();
        if (query.IsGrouped)
        {
            order.AddRange(query.Groups.Where(group => query.Order.All(item => !item.By.Equals(group))).Select(terms.Of));
        }
        else
        {
            order.Add(SourceSql.Key(query.Source));
        }

        if (order.Count > 0)
        {
            statement.Add(" ORDER BY ").Join(", ", order, item => statement.Add(item));
        }
    }
}
