namespace Analytics.Storage.ClickHouse;

/// <summary>How a table is cut into partitions: an insert makes one part for each partition that it touches.</summary>
public enum PartitionedBy
{
    /// <summary>One partition.</summary>
    Nothing,

    /// <summary>By <c>toYYYYMMDD</c> of its time; by <c>toYYYYMM</c> where it is kept for more than <see cref="TableShape.DailyFor"/> after it.</summary>
    Day,

    /// <summary>By <c>toYYYYMM</c> of its time.</summary>
    Month,
}

/// <summary>What the worker sends to one table: its columns, in order, and the statement that takes them.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="PartitionedBy">How the table is partitioned.</param>
/// <param name="Columns">Columns as they are sent.</param>
/// <param name="Select">For columns that are computed on arrival: the expressions of a <c>SELECT</c> over the sent columns; else null.</param>
public sealed record TableShape(string Table, PartitionedBy PartitionedBy, NativeColumnShape[] Columns, string? Select = null)
{
    /// <summary>The insert statement; blocks in Native format follow as the body.</summary>
    public string Insert { get; } = Select is null
        ? $"INSERT INTO {Table} ({Names(Columns)}) FORMAT Native"
        : $"INSERT INTO {Table} ({Names(Columns)}) SELECT {Select} FROM input('{Structure(Columns)}') FORMAT Native";

    /// <summary>Seconds after its time up to which a row may live and still stand in a partition of its day; the same number stands in the schema.</summary>
    public const long DailyFor = 40_000_000;

    // Above every day's number, so that days and months never share an insert.
    private const long Months = 1_000_000;

    /// <summary>The number of the partition that a row belongs to; consecutive days, and consecutive months, have consecutive numbers.</summary>
    /// <param name="unixSeconds">The time that the table is partitioned by.</param>
    /// <param name="keepUntil">When the row may be deleted, Unix seconds.</param>
    public long PartitionOf(long unixSeconds, long keepUntil) => PartitionedBy switch
    {
        PartitionedBy.Day when keepUntil - unixSeconds <= DailyFor => unixSeconds / 86_400,
        PartitionedBy.Day => Months + MonthOf(unixSeconds),
        PartitionedBy.Month => MonthOf(unixSeconds),
        _ => 0,
    };

    private static long MonthOf(long unixSeconds)
    {
        var day = DateTime.UnixEpoch.AddSeconds(unixSeconds);
        return day.Year * 12L + day.Month - 1;
    }

    private static string Names(NativeColumnShape[] columns) => string.Join(", ", columns.Select(column => column.Name));

    private static string Structure(NativeColumnShape[] columns) =>
        string.Join(", ", columns.Select(column => $"{column.Name} {column.Type.Replace("'", "\\'", StringComparison.Ordinal)}"));
}
