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
    /// <param name="hours">Of cells and sketches: hours that are read from the sums of hours; the rest of the range from the minutes.</param>
    public static void Of(Statement statement, Facts table, QuestionScope scope, TimeRange range, Filter? filter, IReadOnlyList<TimeRange>? hours = null)
    {
        var conditions = Conditions(statement, table, scope, filter);
        var rolled = table is Facts.Cells or Facts.Uniques ? RolledHours.Within(hours ?? [], range) : [];
        if (rolled.Count == 0)
        {
            statement.Add($" FROM {new Sql(Columns.Table(table))} WHERE {In(statement, Columns.Time(table), range)}{conditions}");
            return;
        }

        // Both sides by the same hours, so that no minute is read twice and none is left out.
        var columns = new Sql("window, name, country, device, source, is_bot, " + (table == Facts.Cells ? "currency, events, units, revenue, discount" : "users"));
        var isRolled = new Sql($"({string.Join(" OR ", rolled.Select(some => In(statement, "window", some)))})");
        statement.Add($" FROM (SELECT {columns} FROM {new Sql(Columns.HourTable(table))} WHERE {isRolled}{conditions}");
        statement.Add($" UNION ALL SELECT {columns} FROM {new Sql(Columns.Table(table))} WHERE {In(statement, "window", range)} AND NOT {isRolled}{conditions}) WHERE 1");
    }

    private static Sql In(Statement statement, string time, TimeRange range) => new(
        $"({time} >= {statement.Value(range.Start, "DateTime('UTC')")} AND {time} < {statement.Value(range.End, "DateTime('UTC')")}"
        // The day is in the key, the time of day is not.
        + (time == "event_time" ? $" AND day >= toDate({statement.Value(range.Start, "DateTime('UTC')")}, 'UTC') AND day <= toDate({statement.Value(range.End, "DateTime('UTC')")}, 'UTC')" : "")
        + ")");

    private static Sql Conditions(Statement statement, Facts table, QuestionScope scope, Filter? filter)
    {
        var bots = scope.WithBots || table == Facts.OrderLines ? "" : " AND is_bot = 0";
        return new(filter is null ? bots : $"{bots} AND {FilterSql.Of(statement, filter, table)}");
    }
}
