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
    /// <param name="cover">Of cells and sketches: what of the range is read from the sums of hours and days; null for minutes only.</param>
    public static void Of(Statement statement, Facts table, QuestionScope scope, TimeRange range, Filter? filter, Cover? cover = null)
    {
        var conditions = Conditions(statement, table, scope, filter);
        var parts = table is Facts.Cells or Facts.Uniques ? cover?.Parts ?? [] : [];
        if (parts.All(part => part.Level == CoverLevel.Minutes))
        {
            statement.Add($" FROM {new Sql(Columns.Table(table))} WHERE {In(statement, Columns.Time(table), range)}{conditions}");
            return;
        }

        var columns = new Sql("window, name, country, device, source, is_bot, " + (table == Facts.Cells ? "currency, events, units, revenue, discount" : "users"));
        statement.Add(" FROM (").Join(" UNION ALL ", parts, part =>
            statement.Add($"SELECT {columns} FROM {new Sql(Columns.Table(table, part.Level))} WHERE {In(statement, part)}{conditions}"));
        statement.Add(") WHERE 1");
    }

    private static Sql In(Statement statement, string time, TimeRange range) => new(
        $"({time} >= {statement.Value(range.Start, "DateTime('UTC')")} AND {time} < {statement.Value(range.End, "DateTime('UTC')")}"
        // The day is in the key, the time of day is not.
        + (time == "event_time" ? $" AND day >= toDate({statement.Value(range.Start, "DateTime('UTC')")}, 'UTC') AND day <= toDate({statement.Value(range.End, "DateTime('UTC')")}, 'UTC')" : "")
        + ")");

    // Units of the next level in a list, not as ranges: a year of days of Kolkata cuts 365 hours. The bounds of all are for the key, whatever it makes of the rest.
    private static Sql In(Statement statement, CoverPart part)
    {
        var ranges = string.Join(" OR ", part.Ranges.Select(range => In(statement, "window", range).Text));
        if (part.Within.Count == 0)
        {
            return new($"({ranges}){Without(statement, part)}");
        }

        var (function, unit) = part.Level == CoverLevel.Hours ? ("toStartOfDay", TimeSpan.FromDays(1)) : ("toStartOfHour", TimeSpan.FromHours(1));
        var within = $"{function}(window, 'UTC') IN {statement.Value(part.Within, "Array(DateTime('UTC'))")}";
        var bounds = new TimeRange(
            part.Within.Concat(part.Ranges.Select(range => range.Start)).Min(), part.Within.Select(start => start + unit).Concat(part.Ranges.Select(range => range.End)).Max());
        return new($"{In(statement, "window", bounds)} AND ({(ranges.Length == 0 ? "" : ranges + " OR ")}{within}){Without(statement, part)}");
    }

    private static string Without(Statement statement, CoverPart part) =>
        part.Without.Count == 0 ? "" : $" AND window NOT IN {statement.Value(part.Without, "Array(DateTime('UTC'))")}";

    private static Sql Conditions(Statement statement, Facts table, QuestionScope scope, Filter? filter)
    {
        var bots = scope.WithBots || table == Facts.OrderLines ? "" : " AND is_bot = 0";
        return new(filter is null ? bots : $"{bots} AND {FilterSql.Of(statement, filter, table)}");
    }
}
