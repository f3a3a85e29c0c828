using System.Globalization;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.AdHoc;

/// <summary>Prints the statement of a query; the tenant is added where it is run.</summary>
internal static class AdHocStatement
{
    /// <summary>The statement. It asks for one row more than the query's limit, which tells whether there are more.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scope">Whose zone and currency, with bots or without.</param>
    /// <param name="range">What is read.</param>
    public static Statement Of(AdHocQuery query, QuestionScope scope, TimeRange range)
    {
        var statement = new Statement();
        statement.Set("zone", scope.Zone.Id);
        statement.Set("currency", scope.Currency);
        var terms = new TermSql(statement, query.Source);
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
