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
    public static void Of(Statement statement, Facts table, QuestionScope scope, TimeRange range, Filter? filter, Cover? cover = null) =>
        OfSeveral(statement, table, scope, [new(range, cover ?? new([]))], filter);

    /// <summary>As the other, of several ranges that share no minute; of cells and sketches from the sums that their covers name.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="table">The table.</param>
    /// <param name="scope">With bots or without.</param>
    /// <param name="ranges">When.</param>
    /// <param name="filter">Which events; null for all.</param>
    /// <param name="more">Further conditions, each with its AND, which every level of sums is to meet: outside of them they would be tried on rows that have been merged for nothing.</param>
    public static void OfSeveral(Statement statement, Facts table, QuestionScope scope, IReadOnlyList<CoveredRange> ranges, Filter? filter, Sql more = default)
    {
        var conditions = new Sql(Conditions(statement, table, scope, filter).Text + more.Text);
        var levels = ranges.Where(_ => table is Facts.Cells or Facts.Uniques).SelectMany(range => range.Cover.Parts).ToLookup(part => part.Level);
        if (levels.All(level => level.Key == CoverLevel.Minutes))
        {
            statement.Add($" FROM {new Sql(Columns.Table(table))} WHERE {Any(ranges.Select(range => In(statement, Columns.Time(table), range.Range).Text))}{conditions}");
            return;
        }

        var columns = new Sql("window, name, country, device, source, is_bot, " + (table == Facts.Cells ? "currency, events, units, revenue, discount" : "users"));
        statement.Add(" FROM (").Join(" UNION ALL ", levels, level =>
            statement.Add($"SELECT {columns} FROM {new Sql(Columns.Table(table, level.Key))} WHERE {Any(level.Select(part => In(statement, part).Text))}{conditions}"));
        statement.Add(") WHERE 1");
    }

    // Each alternative stands in parentheses where it has to.
    private static Sql Any(IEnumerable<string> alternatives)
    {
        var all = alternatives.ToList();
        return new(all.Count == 1 ? all[0] : $"({string.Join(" OR ", all)})");
    }

    private static Sql In(Statement statement, string time, TimeRange range) => new(
        $"({time} >= {statement.Value(range.Start, "DateTime('UTC')")} AND {time} < {statement.Value(range.End, "DateTime('UTC')")}"
        // The day is in the key, the time of day is not.
        + (time == "event_time" ? $" AND day >= toDate({statement.Value(range.Start, "DateTime('UTC')")}, 'UTC') AND day <= toDate({statement.Value(range.End, "DateTime('UTC')")}, 'UTC')" : "")
        + ")");

    // Units of the next level in a list, not as ranges: a year of days of Kolkata cuts 365 hours. The bounds of all are for the key, whatever it makes of the rest.
    private static Sql In(Statement statement, CoverPart part)
    {
        var ranges = part.Ranges.Select(range => In(statement, "window", range).Text).ToList();
        if (part.Within.Count == 0)
        {
            return part.Without.Count == 0 ? Any(ranges) : new($"({Any(ranges)}{Without(statement, part)})");
        }

        var (function, unit) = part.Level == CoverLevel.Hours ? ("toStartOfDay", TimeSpan.FromDays(1)) : ("toStartOfHour", TimeSpan.FromHours(1));
        var within = $"{function}(window, 'UTC') IN {statement.Value(part.Within, "Array(DateTime('UTC'))")}";
        var bounds = new TimeRange(
            part.Within.Concat(part.Ranges.Select(range => range.Start)).Min(), part.Within.Select(start => start + unit).Concat(part.Ranges.Select(range => range.End)).Max());
        return new($"({In(statement, "window", bounds)} AND {Any([.. ranges, within])}{Without(statement, part)})");
    }

    private static string Without(Statement statement, CoverPart part) =>
        part.Without.Count == 0 ? "" : $" AND window NOT IN {statement.Value(part.Without, "Array(DateTime('UTC'))")}";

    private static Sql Conditions(Statement statement, Facts table, QuestionScope scope, Filter? filter)
    {
        var bots = scope.WithBots || table == Facts.OrderLines ? "" : " AND is_bot = 0";
        return new(filter is null ? bots : $"{bots} AND {FilterSql.Of(statement, filter, table)}");
    }
}
