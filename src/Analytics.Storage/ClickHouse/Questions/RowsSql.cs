using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>The rows that a question is about: FROM and WHERE.</summary>
internal static class RowsSql
{
    /// <summary>Adds them; further conditions may follow with AND.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="table">The table.</param>
    /// <param name="scope">With bots or without.</param>
    /// <param name="range">When.</param>
    /// <param name="filter">Which events; null for all.</param>
    public static void Of(Statement statement, Facts table, QuestionScope scope, TimeRange range, Filter? filter)
    {
        var time = new Sql(Columns.Time(table));
        statement.Add($" FROM {new Sql(Columns.Table(table))} WHERE {time} >= {range.Start:DateTime('UTC')} AND {time} < {range.End:DateTime('UTC')}");
        if (table is Facts.Events or Facts.OrderLines)
        {
            // The day is in the key, the time of day is not.
            statement.Add($" AND day >= toDate({range.Start:DateTime('UTC')}, 'UTC') AND day <= toDate({range.End:DateTime('UTC')}, 'UTC')");
        }

        if (!scope.WithBots && table != Facts.OrderLines)
        {
            statement.Add(" AND is_bot = 0");
        }

        if (filter is not null)
        {
            statement.Add($" AND {FilterSql.Of(statement, filter, table)}");
        }
    }
}
